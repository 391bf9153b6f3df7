package io.holdfast.zookeeper;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Works out how long the cluster certainly keeps a session, from the writes that it acknowledged.
 *
 * <p><b>Why an acknowledged write is not enough.</b> The leader alone expires sessions: not before
 * {@code timeout} has passed since it last heard of them. A client that talks to the leader is
 * heard at once. A follower, though, only notes that its client sent something, and hands these
 * notes over in its answers to the leader's pings, of which there are two a tick; a write that it
 * forwards does not count as hearing of the session. So the acknowledgement of a write sent at
 * {@code t} tells that the session was not expired then, and next to nothing about when the leader
 * last heard of it.
 *
 * <p><b>What is enough: three writes.</b> Between a follower and the leader everything travels in
 * order, both ways. Take three writes of one connection, A, B and C.
 *
 * <pre>
 *   client    A sent   A acked     B sent     B acked C sent     C acked
 *   ------------|--------|-----------|-----------|------|-----------|------
 *   follower      notes us                 answers every ping sent before
 *                                          the commit of B, before B is acked
 *   leader                  at least one ping           has read those answers
 *                           between A acked             before it takes C
 *                           and B sent
 * </pre>
 *
 * If B was sent at least half a tick after A was acknowledged, the leader sent a ping in between,
 * and this ping reached the follower before the commit of B did. The follower answered it, with the
 * note that A made (or an earlier answer had it), before B was acknowledged. If C was sent after
 * that, the leader read that answer before it took C. So, once C is acknowledged, the leader has
 * heard of the session at some time after A was sent, and keeps it until {@code A sent + timeout}.
 *
 * <p>A server never grants less than two ticks, so half a tick is at most a quarter of the
 * time-out: that is the gap asked for here. With a write every seventh of the time-out, between 3/7
 * and 4/7 of it are always proven; a session that writes more often has close to 3/4. The argument
 * needs the leader to ping on time while it serves writes; it does not need followers to be quick,
 * nor the network.
 *
 * <p><b>Around it.</b> A new leader begins by giving every session its full time-out. A client that
 * connects again is presented to the leader before it is served, so it was heard of later than
 * anything it had sent on the connection before: {@link #reconnected}. Clocks may differ in rate: a
 * hundredth of the time-out is given away. {@code nanoTime} stands still while the machine is
 * suspended: only the fencing token helps then. An observer behind an observer master passes notes
 * on later than assumed here; connect to voting servers or direct observers.
 *
 * <p>Not thread-safe; times are of {@code nanoTime}.
 */
final class ProofOfLife {

  /** A session at rest writes this many times per time-out. */
  static final int BEATS = 7;

  private static final int GAP = 4;
  private static final int GRAIN = 64;
  private static final int DRIFT = 100;

  private final long timeout;

  /** Writes that may become A, the oldest first. */
  private final Deque<Write> candidates = new ArrayDeque<>();

  /** An A and the time when its B was acknowledged. */
  private @Nullable Write reported;

  private long heardOf;
  private long lastSent;

  /** When a write was sent and when its acknowledgement was seen, or later. */
  private record Write(long sent, long acked) {}

  /** A session that came to be at {@code opened} or later. */
  ProofOfLife(Duration timeout, long opened) {
    this.timeout = timeout.toNanos();
    this.heardOf = opened;
    this.lastSent = opened;
  }

  /** Until when the cluster certainly keeps the session. */
  long until() {
    return heardOf + timeout - timeout / DRIFT;
  }

  /** A write sent at {@code sent} was acknowledged, which was noticed at {@code acked}. */
  void acknowledged(long sent, long acked) {
    lastSent = later(lastSent, sent);
    Write c = reported;
    if (c != null && sent - c.acked >= 0) {
      heardOf = later(heardOf, c.sent);
      reported = null;
    }
    if (reported == null) {
      reported = reportedBy(sent, acked);
    }
    Write newest = candidates.peekLast();
    if (newest == null || sent - newest.sent >= timeout / GRAIN) {
      candidates.addLast(new Write(sent, acked));
    }
  }

  /** Takes the latest candidate that the write proves to be reported, and drops those before. */
  private @Nullable Write reportedBy(long sent, long acked) {
    Write latest = null;
    Write next = candidates.peekFirst();
    while (next != null && sent - next.acked >= timeout / GAP) {
      latest = candidates.removeFirst();
      next = candidates.peekFirst();
    }
    return latest == null ? null : new Write(latest.sent, acked);
  }

  /** The connection broke: what was noted by the old server may never be handed over. */
  void disconnected() {
    candidates.clear();
    reported = null;
  }

  /** The session was taken up again, after all that was sent before. */
  void reconnected() {
    heardOf = later(heardOf, lastSent);
  }

  private static long later(long a, long b) {
    return a - b >= 0 ? a : b;
  }
}
