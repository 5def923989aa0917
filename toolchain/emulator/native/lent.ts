/** Strings that lie in a native module's memory on a board: they end when the module writes there. */
import { type Loan, MemoryString, type Value } from "../engine/engine.ts";

/** By the name of a part of the module's memory. */
export class Lent {
  private readonly loans = new Map<string, Loan>();

  lend(part: string, found: Uint8Array | undefined): Value {
    if (!found) return undefined;
    const loan = this.loans.get(part) ?? { isOver: false };
    this.loans.set(part, loan);
    return new MemoryString(Buffer.from(found).toString("latin1"), "native", loan);
  }

  end(part: string): void {
    const loan = this.loans.get(part);
    if (loan) loan.isOver = true;
    this.loans.delete(part);
  }

  /** Do what writes to a part; also when it fails, its strings have ended. */
  ending<T>(part: string, write: () => T): T {
    try {
      return write();
    } finally {
      this.end(part);
    }
  }
}
