/**
 * What the program's work costs: operations by the kind of thing that started them. Milliseconds follow from the
 * board's constant and are an estimate.
 */

/** What called the program. */
export type WorkKind = "boot" | "console" | "timer" | "watch" | "event" | "host";

export interface ProfileRow {
  kind: WorkKind;
  /** Name given by `stage`, else "". */
  stage: string;
  calls: number;
  operations: number;
  /** Of the costliest call. */
  maxOperations: number;
  /** An estimate: operations times the board's constant. */
  estimatedMs: number;
}

export class Profile {
  private readonly operations: () => number;
  private readonly microsecondsPerOperation: number;
  private rows: Map<string, ProfileRow> | undefined;
  private stageName = "";
  private isInside = false;

  constructor(operations: () => number, microsecondsPerOperation: number) {
    this.operations = operations;
    this.microsecondsPerOperation = microsecondsPerOperation;
  }

  /** Count from zero. */
  start(): void {
    this.rows = new Map();
    this.stageName = "";
  }

  /** What runs from now on belongs to that stage. */
  stage(name: string): void {
    this.stageName = name;
  }

  /** What so many operations take on this board, by its constant: an estimate. */
  estimatedMs(operations: number): number {
    return (operations * this.microsecondsPerOperation) / 1000;
  }

  /** Rows since start, costliest first. */
  report(): ProfileRow[] {
    const rows = [...(this.rows?.values() ?? [])].map((row) => ({
      ...row,
      estimatedMs: this.estimatedMs(row.operations),
    }));
    return rows.sort((a, b) => b.operations - a.operations);
  }

  /** Run work that something started; what it starts in turn is its own. */
  during<T>(kind: WorkKind, work: () => T): T {
    if (!this.rows || this.isInside) return work();
    const before = this.operations();
    this.isInside = true;
    try {
      return work();
    } finally {
      this.isInside = false;
      this.add(kind, this.operations() - before);
    }
  }

  private add(kind: WorkKind, operations: number): void {
    if (operations === 0) return;
    const key = `${kind} ${this.stageName}`;
    const row = this.rows?.get(key) ?? {
      kind,
      stage: this.stageName,
      ...{ calls: 0, operations: 0, maxOperations: 0, estimatedMs: 0 },
    };
    row.calls++;
    row.operations += operations;
    row.maxOperations = Math.max(row.maxOperations, operations);
    this.rows?.set(key, row);
  }
}
