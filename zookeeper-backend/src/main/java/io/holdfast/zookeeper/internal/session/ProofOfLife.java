package io.holdfast.zookeeper.internal.session;

import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Works out how long the cluster certainly keeps a session, from what it answered.
 *
 * <p><b>Why an acknowledged write is not enough.</b> The leader alone expires sessions: not before
 * {@code timeout} has passed since it last heard of them. A client that talks to the leader is
 * heard at once. A follower, though, only notes that its client sent something, and hands these
 * notes over in its answers to the leader's pings, of which there are two a tick; a write that it
 * forwards does not count as hearing of the session. So the acknowledgement of a write sent at
 * {@code t} tells that the session was not expired then, and next to nothing about when the leader
 * last heard of it.
 *
 * <p><b>What is enough: any request, and then two writes.</b> Between a follower and the leader
 * everything travels in order, both ways. Take three requests of one connection: A, which may be a
 * mere read, and the writes B and C.
 *
 * <pre>
 *   client    A sent   A answered     B sent     B acked C sent     C acked
 *   ------------|--------|---------------|-----------|------|-----------|------
 *   follower      notes us                     answers every ping sent before
 *                                              the commit of B, before B is acked
 *   leader                      at least one ping           has read those answers
 *                               between A answered          before it takes C
 *                               and B sent
 * </pre>
 *
 * If B was sent at least half a tick after A was answered, the leader sent a ping in between, and
 * this ping reached the follower before the commit of B did. The follower answered it, with the
 * note that A made (or an earlier answer had it), before B was acknowledged. If C was sent after
 * that, the leader read that answer before it took C. So, once C is acknowledged, the leader has
 * heard of the session at some time after A was sent, and keeps it until {@code A sent + timeout}.
 *
 * <p>All three are answered on one connection, and a connection has one server in one part: a
 * server that becomes leader or follower, or leaves a leader, first closes all connections. If the
 * server is the leader itself, A alone would do, if one could know that. A leader that was deposed
 * does no harm: it acknowledges no write any more. And who acknowledges C was the leader all the
 * time since A, for there was a majority behind it, and so none behind a later one.
 *
 * <p><b>At rest.</b> That A may be a read makes rest cheap. A session that needs no proof reads
 * something small from its own server every now and then, which costs no write and keeps the
 * session alive, and is thereby always in possession of an A that is old enough. When proof is
 * needed after all, B and C can follow at once: the write that takes the place in a queue, and one
 * more, as long as the round trips take and no longer, whoever the server is.
 *
 * <p><b>Half a tick.</b> A server that is left to its defaults grants no less than two ticks, so
 * half a tick is at most a quarter of the time-out; but a server can be told to grant less, and the
 * time-out does not tell. Therefore the servers are asked what a tick is: {@link #tickIs}. Where
 * they do not say, half a tick is taken for no less than {@link #HALF_TICK_UNTOLD}, half of what
 * ZooKeeper takes for a tick when it is told nothing. The gap is never less than a quarter of the
 * time-out. If it is too long for the time-out there is no proof: {@link #refusal}.
 *
 * <p>With a write every seventh of the time-out, and a gap of a quarter, between 3/7 and 4/7 of it
 * are always proven; a session that writes more often has close to 3/4. The argument needs the
 * leader to ping on time while it serves writes; it does not need followers to be quick, nor the
 * network.
 *
 * <p><b>Around it.</b> A new leader begins by giving every session its full time-out. A client that
 * connects again is presented to the leader before it is served, so it was heard of later than
 * anything that was answered on the connection before. But only a write shows that this was the
 * leader, and not one that was deposed: {@link #reconnected}. Clocks may differ in rate: a
 * hundredth of the time-out is given away. {@code nanoTime} stands still while the machine is
 * suspended: only the fencing token helps then. An observer behind an observer master passes notes
 * on later than assumed here; connect to voting servers or direct observers.
 *
 * <p>Not thread-safe; times are of {@code nanoTime}.
 */
public final class ProofOfLife {

  /** A session asks for an answer this many times per time-out. */
  public static final int BEATS = 7;

  /** What is taken for half a tick, at least, until the servers have told. */
  static final Duration HALF_TICK_UNTOLD = Duration.ofMillis(1_500);

  private static final int SHORTEST_GAP = 4;
  private static final int GRAIN = 64;
  private static final int DRIFT = 100;

  /** From A to C pass the gap and at most so many beats, while writes are the only ones there. */
  private static final int BEATS_AROUND_THE_GAP = 3;

  private final long timeout;
  private long gap;
  private boolean asked;

  /** Requests that may become A, the oldest first. */
  private final Deque<Request> candidates = new ArrayDeque<>();

  /** An A and the time when its B was acknowledged. */
  private @Nullable Request reported;

  private long heardOf;
  private long lastSent;

  /** What was presented to a leader of which no write has shown yet that it is the leader. */
  private @Nullable Long presented;

  /** When a request was sent and when its answer was seen, or later. */
  private record Request(long sent, long answered) {}

  /** A session that came to be at {@code opened} or later. */
  public ProofOfLife(Duration timeout, long opened) {
    this.timeout = Durations.nanos(timeout);
    this.heardOf = opened;
    this.lastSent = opened;
    this.gap = gap(HALF_TICK_UNTOLD);
  }

  private long gap(Duration halfTick) {
    return Math.max(timeout / SHORTEST_GAP, Durations.nanos(halfTick));
  }

  /** What the servers say that a tick is; empty if they do not. Before that it is not known. */
  public void tickIs(Optional<Duration> tick) {
    asked = true;
    long told = gap(tick.map(whole -> whole.plusNanos(1).dividedBy(2)).orElse(HALF_TICK_UNTOLD));
    if (told > gap) {
      reported = null;
    }
    gap = told;
  }

  /** Why life can never be proven for long, if so. */
  public Optional<String> refusal() {
    long needed = gap + BEATS_AROUND_THE_GAP * timeout / BEATS;
    if (!asked || needed < usable()) {
      return Optional.empty();
    }
    return Optional.of(
        "the session time-out of "
            + timeout / 1_000_000
            + " ms is too short to prove within it that the cluster keeps the session: the servers'"
            + " tick is, or may be, "
            + 2 * gap / 1_000_000
            + " ms. Ask for a longer one, two ticks at least; or, if the tick is shorter, allow the"
            + " servers to say so: 4lw.commands.whitelist=srvr,conf");
  }

  /** Until when the cluster certainly keeps the session. */
  long until() {
    return heardOf + usable();
  }

  private long usable() {
    return timeout - timeout / DRIFT;
  }

  /** A read sent at {@code sent} was answered, which was noticed at {@code answered}. */
  void answered(long sent, long answered) {
    lastSent = later(lastSent, sent);
    addCandidate(sent, answered);
    dropOvertaken(answered);
  }

  /** A write sent at {@code sent} was acknowledged, which was noticed at {@code acked}. */
  void acknowledged(long sent, long acked) {
    lastSent = later(lastSent, sent);
    if (presented != null) {
      heardOf = later(heardOf, presented);
      presented = null;
    }
    Request c = reported;
    if (c != null && sent - c.answered >= 0) {
      heardOf = later(heardOf, c.sent);
      reported = null;
    }
    if (reported == null) {
      reported = reportedBy(sent, acked);
    }
    addCandidate(sent, acked);
  }

  private void addCandidate(long sent, long answered) {
    Request newest = candidates.peekLast();
    if (newest == null || sent - newest.sent >= timeout / GRAIN) {
      candidates.addLast(new Request(sent, answered));
    }
  }

  /** Takes the latest candidate that the write proves to be reported, and drops those before. */
  private @Nullable Request reportedBy(long sent, long acked) {
    dropOvertaken(sent);
    Request latest = candidates.peekFirst();
    if (latest == null || sent - latest.answered < gap) {
      return null;
    }
    candidates.removeFirst();
    return new Request(latest.sent, acked);
  }

  /** Drops those for which, at {@code now}, a later one is old enough, too. */
  private void dropOvertaken(long now) {
    Request first = candidates.pollFirst();
    while (first != null) {
      Request next = candidates.peekFirst();
      if (next == null || now - next.answered < gap) {
        candidates.addFirst(first);
        return;
      }
      first = candidates.pollFirst();
    }
  }

  /** How long to wait until a write gets a proof further. */
  Duration untilNextWrite(long now) {
    Request first = candidates.peekFirst();
    return reported != null || first == null
        ? Duration.ZERO
        : Duration.ofNanos(Math.max(0, first.answered + gap - now));
  }

  /** The connection broke: what was noted by the old server may never be handed over. */
  void disconnected() {
    candidates.clear();
    reported = null;
    presented = null;
  }

  /** The session was taken up again, after all that was answered before was sent. */
  void reconnected() {
    presented = lastSent;
  }

  private static long later(long a, long b) {
    return a - b >= 0 ? a : b;
  }
}
