package io.holdfast.transaction;

import io.holdfast.coordination.Context;
import io.holdfast.coordination.Session;
import io.holdfast.coordination.SessionState;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/** An epoch of this process, with what is under way in it. Used in the context only. */
final class OpenEpoch {

  private final Epoch epoch;
  private final String domain;
  private final Session session;
  private final Forgetting forgetting;

  /** Begun and not ended, by sequence number. */
  private final TreeSet<Long> active = new TreeSet<>();

  private long last;
  private boolean retired;

  OpenEpoch(Epoch epoch, String domain, Session session, Context context) {
    this.epoch = epoch;
    this.domain = domain;
    this.session = session;
    this.forgetting = new Forgetting(context, this);
  }

  Epoch epoch() {
    return epoch;
  }

  Session session() {
    return session;
  }

  /** A name that was never given before; active until {@link #end}. */
  TransactionId begin() {
    active.add(++last);
    return new TransactionId(domain, epoch.name(), last);
  }

  /**
   * All branches have ended.
   *
   * @param decided if there is, or may be, a decision to forget
   */
  void end(TransactionId id, boolean decided) {
    active.remove(id.sequence());
    if (decided) {
      forgetting.add(id.sequence());
    }
  }

  /** Decisions that were found there: of transactions that have ended, nobody needs them. */
  void found(List<Long> sequences) {
    sequences.stream()
        .filter(sequence -> sequence <= last && !active.contains(sequence))
        .forEach(forgetting::add);
  }

  boolean isActive(long sequence) {
    return active.contains(sequence);
  }

  NavigableSet<Long> active() {
    return active;
  }

  /** The number given last. */
  long last() {
    return last;
  }

  /** Nothing more begins in it. */
  void retire() {
    retired = true;
  }

  /** False once it certainly decides nothing any more. */
  boolean mayDecide() {
    return session.state() != SessionState.LOST;
  }

  boolean takesMore() {
    return !retired && mayDecide();
  }
}
