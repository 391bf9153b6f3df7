package io.holdfast.payment.ledger.audit;

/**
 * The chain of a shard's journal, followed from its first row. A row that was changed is told once:
 * the rows after it are compared with what it said before.
 */
final class Chain {

  private final Notes notes;
  private final String where;
  private long seq;
  private String stored = "";
  private String computed = "";

  Chain(Notes notes, String where) {
    this.notes = notes;
    this.where = where;
  }

  void add(Effect effect) {
    notes.looked(Check.CHAIN);
    String after = effect.hashAfter(stored);
    boolean next = effect.seq() == seq + 1;
    if (!next) {
      wrong("between row " + seq + " and row " + effect.seq() + " there is nothing");
    } else if (!after.equals(effect.hash()) && !effect.hash().equals(afterComputed(effect))) {
      wrong(
          "row %d, %s %s, is not what its hash says, or follows another row than it did"
              .formatted(effect.seq(), effect.type(), effect.key()));
    }
    seq = effect.seq();
    stored = effect.hash();
    // What was before a gap is not known, and so neither is what the hash should be.
    computed = next ? after : stored;
  }

  private String afterComputed(Effect effect) {
    return computed.equals(stored) ? "" : effect.hashAfter(computed);
  }

  /** What the shard itself says of its latest row. */
  void end(long lastSeq, String lastHash) {
    if (lastSeq != seq) {
      wrong("the last row should be " + lastSeq + ", and is " + seq);
    } else if (!lastHash.equals(stored) && !lastHash.equals(computed)) {
      wrong("the shard says another hash than its last row, " + seq);
    }
  }

  void orphan(Effect.Entry entry) {
    wrong("there is an entry of " + entry.account() + " in row " + entry.seq() + ", but no row");
  }

  private void wrong(String what) {
    notes.wrong(Check.CHAIN, where, what);
  }
}
