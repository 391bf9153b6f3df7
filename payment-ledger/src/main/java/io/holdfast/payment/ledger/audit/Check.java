package io.holdfast.payment.ledger.audit;

/** What an audit checks. */
public enum Check {
  /** Every shard is in exactly one database, with all that belongs to it and nothing else. */
  PLACEMENT("shards"),
  /** Nothing is under way: no transaction and no request waits for its decision. */
  UNDER_WAY("databases"),
  /** The journal of a shard has no gaps, and every row is what its hash says. */
  CHAIN("journal rows"),
  /** The entries of a journal row sum to zero in each currency. */
  EFFECT_BALANCE("journal rows"),
  /** The entries of a shard sum to zero in each currency. */
  SHARD_BALANCE("shards and currencies"),
  /** The clearing accounts of all shards sum to zero in each currency. */
  CLEARING("currencies"),
  /** What an account has posted is the sum of its entries, all in its currency. */
  POSTED("accounts"),
  /** What an account holds is the sum of its holds and of what is promised to go out. */
  HELD("accounts"),
  /** What an account is to get is what is promised to come in. */
  INCOMING("accounts"),
  /** The balance that an entry shows is that of the entry before and its own amount. */
  RUNNING_BALANCE("entries"),
  /** No client account is overdrawn beyond its credit limit. */
  AVAILABLE("client accounts"),
  /** A closed account is empty. */
  CLOSED("closed accounts"),
  /** A transaction has a journal row in all of its shards, or in none. */
  TRANSACTION("transactions"),
  /** A request has one journal row in a shard. */
  DUPLICATE("requests"),
  /** A request that is done has its journal row, of the same type, and the other way round. */
  OPERATION("requests"),
  /** A request that was refused has no journal row. */
  REFUSAL("refused requests"),
  /** What is locked is locked by a transaction under way. */
  LOCK("locks"),
  /** What a client was told is done is in the books, with the entries that it must have. */
  ACKNOWLEDGED("requests told done"),
  /** What a client was told is refused is not in the books. */
  REFUSED("requests told refused"),
  /** What a client knows nothing of is in the books with the entries that it must have, or not. */
  UNKNOWN("requests without an answer"),
  /** Of a client whose every request is known, nothing else is in the books. */
  UNASKED("journal rows of such clients"),
  /** The rules of the scenarios hold. */
  RULE("rules in databases");

  private final String unit;

  Check(String unit) {
    this.unit = unit;
  }

  /** What is counted of what it has looked at. */
  public String unit() {
    return unit;
  }
}
