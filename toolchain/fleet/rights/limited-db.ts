/**
 * The database as one caller may see it. Every query that is built on it reads, changes and removes only rows within the caller's
 * reach, in sub-queries, joins and transactions too, and what is inserted must lie within it. Statements of raw SQL are not touched:
 * the stores write none.
 */
import {
  AliasNode,
  type DeleteQueryNode,
  type FromNode,
  IdentifierNode,
  type InsertQueryNode,
  type JoinNode,
  type KyselyPlugin,
  type OperationNode,
  OperationNodeTransformer,
  type QueryId,
  sql,
  TableNode,
  type UpdateQueryNode,
  WhereNode,
} from "kysely";
import type { Db } from "../db/open.ts";
import type { Tables } from "../db/tables.ts";
import { httpError } from "../http-errors.ts";
import { EVERYWHERE, type Placed, type Reach, reaches } from "./reach.ts";
import { REACH_RULES } from "./reach-rules.ts";

/** Rows that say themselves where they lie. The others hang on rows that were read before. */
const PLACED: ReadonlySet<string> = new Set([
  ...["deployments", "locations", "sites", "individuals", "decision_rules"],
  ...["alert_rules", "alert_channels", "alert_settings"],
]);

export const limitedDb = (db: Db, reach: Reach): Db =>
  reach.isAll ? db : db.withPlugin(new Limit(reach));

/** The reach that a database, or a transaction on it, is limited to. */
export const reachOf = (db: Db): Reach =>
  db
    .getExecutor()
    .plugins.map((plugin) => (plugin instanceof Limit ? plugin.reach : undefined))
    .find((reach) => reach !== undefined) ?? EVERYWHERE;

/** For what must hold on the whole server, as a name that is taken: never for what is shown. */
export const wholeDb = (db: Db): Db =>
  db
    .getExecutor()
    .plugins.filter((plugin) => !(plugin instanceof Limit))
    .reduce((whole, plugin) => whole.withPlugin(plugin), db.withoutPlugins());

class Limit implements KyselyPlugin {
  readonly #transformer: LimitTransformer;

  constructor(readonly reach: Reach) {
    this.#transformer = new LimitTransformer(reach);
  }

  transformQuery({ node, queryId }: Parameters<KyselyPlugin["transformQuery"]>[0]) {
    return this.#transformer.transformNode(node, queryId);
  }

  async transformResult({ result }: Parameters<KyselyPlugin["transformResult"]>[0]) {
    return result;
  }
}

class LimitTransformer extends OperationNodeTransformer {
  constructor(readonly reach: Reach) {
    super();
  }

  protected override transformFrom(node: FromNode, queryId?: QueryId): FromNode {
    const from = super.transformFrom(node, queryId);
    return { ...from, froms: from.froms.map((table) => this.#limited(table)) };
  }

  protected override transformJoin(node: JoinNode, queryId?: QueryId): JoinNode {
    const join = super.transformJoin(node, queryId);
    return { ...join, table: this.#limited(join.table) };
  }

  protected override transformUpdateQuery(node: UpdateQueryNode, queryId?: QueryId) {
    const update = super.transformUpdateQuery(node, queryId);
    return this.#whereInReach(update, node.table);
  }

  protected override transformDeleteQuery(node: DeleteQueryNode, queryId?: QueryId) {
    const remove = { ...super.transformDeleteQuery(node, queryId), from: node.from };
    return this.#whereInReach(remove, node.from.froms[0]);
  }

  protected override transformInsertQuery(node: InsertQueryNode, queryId?: QueryId) {
    if (node.into && PLACED.has(tableName(node.into) ?? "")) {
      for (const row of rowsOf(node)) {
        if (!reaches(this.reach, row)) throw outOfReach();
      }
    }
    return super.transformInsertQuery(node, queryId);
  }

  #limited(node: OperationNode): OperationNode {
    if (AliasNode.is(node)) return { ...node, node: this.#rows(node.node) } as AliasNode;
    const name = tableName(node);
    const rows = this.#rows(node);
    return name === undefined || rows === node
      ? node
      : AliasNode.create(rows, IdentifierNode.create(name));
  }

  /** A table as the rows of it that are in reach. */
  #rows(node: OperationNode): OperationNode {
    const condition = this.#condition(node);
    const name = tableName(node);
    if (!condition || name === undefined) return node;
    return sql`(select * from ${sql.table(name)} where ${condition})`.toOperationNode();
  }

  #condition(node: OperationNode | undefined) {
    const name = tableName(node);
    if (name === undefined) return undefined;
    const rule = REACH_RULES[name as keyof Tables];
    if (rule === undefined) throw new Error(`the table ${name} has no rule of reach`);
    return rule?.(this.reach);
  }

  #whereInReach<T extends { where?: WhereNode }>(query: T, table: OperationNode | undefined): T {
    const condition = this.#condition(table)?.toOperationNode();
    if (!condition) return query;
    const where = query.where
      ? WhereNode.cloneWithOperation(query.where, "And", condition)
      : WhereNode.create(condition);
    return { ...query, where };
  }
}

export const outOfReach = (what = "this") =>
  httpError("FORBIDDEN", `your rights do not reach ${what}`);

const tableName = (node: OperationNode | undefined): string | undefined =>
  node && TableNode.is(node) ? node.table.identifier.name : undefined;

function rowsOf({ columns = [], values }: InsertQueryNode): Placed[] {
  const lists = (values as unknown as { values: { values: unknown[] }[] } | undefined)?.values;
  const at = (list: unknown[], name: string): string | null => {
    const value = list[columns.findIndex(({ column }) => column.name === name)];
    const plain = (value as { value?: unknown } | null | undefined)?.value ?? value;
    return typeof plain === "string" ? plain : null;
  };
  return (lists ?? []).map(({ values: list }) => ({
    projectID: at(list, "projectID") ?? "",
    siteID: at(list, "siteID"),
  }));
}
