package io.holdfast.transaction.jdbc.escrow;

/** The tables of a ledger, in PostgreSQL, and what is said to them. */
final class EscrowTables {

  /**
   * Of an account {@code held} is what its open holds take out. The last condition is what keeps it
   * from being overdrawn; whatever is computed elsewhere only foresees it. Entries are never
   * changed.
   */
  static final String DDL =
      """
      CREATE TABLE IF NOT EXISTS holdfast_account (
        shard varchar(63) COLLATE "C" NOT NULL,
        name varchar(100) COLLATE "C" NOT NULL,
        balance bigint NOT NULL,
        held bigint NOT NULL DEFAULT 0,
        least bigint NOT NULL DEFAULT 0,
        PRIMARY KEY (shard, name),
        CHECK (held >= 0),
        CONSTRAINT holdfast_account_not_overdrawn CHECK (balance - held >= least)
      ) WITH (fillfactor = 50);
      CREATE TABLE IF NOT EXISTS holdfast_hold (
        id varchar(200) COLLATE "C" NOT NULL,
        posting int NOT NULL,
        shard varchar(63) COLLATE "C" NOT NULL,
        account varchar(100) COLLATE "C" NOT NULL,
        amount bigint NOT NULL,
        deadline timestamptz NOT NULL,
        PRIMARY KEY (id, posting));
      CREATE TABLE IF NOT EXISTS holdfast_entry (
        id varchar(200) COLLATE "C" NOT NULL,
        posting int NOT NULL,
        shard varchar(63) COLLATE "C" NOT NULL,
        account varchar(100) COLLATE "C" NOT NULL,
        amount bigint NOT NULL,
        posted timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (id, posting));
      """;

  static final String OPEN_ACCOUNT =
      "INSERT INTO holdfast_account (shard, name, balance, least) VALUES (?, ?, ?, ?)";

  /** Takes shard, ids. */
  static final String TAKE_HOLDS =
      "DELETE FROM holdfast_hold WHERE shard = ? AND id = ANY (?)"
          + " RETURNING id, posting, account, amount";

  /** Takes shard, names. */
  static final String ACCOUNTS =
      "SELECT name, balance, held, least FROM holdfast_account WHERE shard = ? AND name = ANY (?)";

  /** Takes names, changes of what is held, changes of balances, shard. */
  static final String CHANGE_ACCOUNTS =
      "UPDATE holdfast_account a SET held = a.held + t.held, balance = a.balance + t.change"
          + " FROM unnest(?::text[], ?::bigint[], ?::bigint[]) t (name, held, change)"
          + " WHERE a.shard = ? AND a.name = t.name";

  /** Takes shard, milliseconds until the deadline, ids, numbers, accounts, amounts. */
  static final String PUT_HOLDS =
      "INSERT INTO holdfast_hold (id, posting, shard, account, amount, deadline)"
          + " SELECT t.id, t.posting, ?, t.account, t.amount,"
          + " clock_timestamp() + ? * interval '1 millisecond'"
          + " FROM unnest(?::text[], ?::int[], ?::text[], ?::bigint[])"
          + " t (id, posting, account, amount)";

  /** Takes shard, ids, numbers, accounts, amounts. */
  static final String PUT_ENTRIES =
      "INSERT INTO holdfast_entry (id, posting, shard, account, amount)"
          + " SELECT t.id, t.posting, ?, t.account, t.amount"
          + " FROM unnest(?::text[], ?::int[], ?::text[], ?::bigint[])"
          + " t (id, posting, account, amount)";

  /** Takes id, shard; so that what would be posted under it later is not. */
  static final String BAR =
      "INSERT INTO holdfast_entry (id, posting, shard, account, amount)"
          + " VALUES (?, 0, ?, '', 0) ON CONFLICT DO NOTHING";

  /** Takes id; a row if it was posted and not barred. */
  static final String POSTED = "SELECT 1 FROM holdfast_entry WHERE id = ? AND account <> ''";

  /** Takes shard. */
  static final String OPEN_HOLDS =
      "SELECT DISTINCT id, deadline < clock_timestamp() FROM holdfast_hold WHERE shard = ?";

  /** Of all shards: shard, id. */
  static final String ALL_HOLDS = "SELECT DISTINCT shard, id FROM holdfast_hold";

  /** Takes shard, ids. */
  static final String COUNT_HOLDS =
      "SELECT count(*) FROM holdfast_hold WHERE shard = ? AND id = ANY (?)";

  private EscrowTables() {}
}
