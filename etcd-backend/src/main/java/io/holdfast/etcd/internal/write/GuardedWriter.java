package io.holdfast.etcd.internal.write;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.TxnResponse;
import io.holdfast.coordination.IndeterminateException;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.etcd.internal.client.Failures;
import io.holdfast.etcd.internal.read.Reader;
import io.holdfast.etcd.internal.session.Presence;
import io.holdfast.etcd.internal.session.SessionContext;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Sends the session's writes, each depending on its {@link Presence}, and finds out what became of
 * those whose reply was lost.
 *
 * <p><b>Group commit.</b> While many writes are in flight, others are gathered, and sent as one
 * {@link WriteBatch} when the latest comes back: the cluster's cost is by the proposal, hardly by
 * what is in it. If that takes its time, because the cluster is far away or the reply is lost, they
 * do not wait for it; but no more than a few batches are in flight. A guard that fails concerns its
 * own write only. If etcd refuses a whole batch, for its size or for want of a permission, each
 * write is sent again by itself, so that none suffers from another.
 *
 * <p><b>Traces.</b> A write that asks for it puts one more key, whose content is the number of its
 * batch. After a lost reply, and the barrier of {@link Presence}, that key tells whether the write
 * was done, and at which revision. There are as many such keys as writes can be in flight: each
 * batch has a slot, which it keeps until its outcome is known. They live on the session's lease.
 *
 * <p><b>A full store.</b> etcd applies the Txn that crosses its quota, and then answers that there
 * is no space; with the same words it refuses what came later. So the answer leaves open what was
 * done, but the barrier is not needed, for nothing is under way any more: the server speaks of no
 * space either before it proposes the Txn, and then nobody will, or once it has applied it, and
 * what one server has applied is committed.
 *
 * <pre>
 *   Txn  ---> checked: no space -------------------------------> answer    never in the log
 *   Txn  ---> proposed ---> committed ---> applied, or capped --> answer    effect as of here
 *   look ---> (sent after the answer came) leader's commit index, confirmed by a majority
 * </pre>
 *
 * <p>A linearizable read is served at a commit index that the leader held, and still was leader,
 * after the read came; and every leader of a later term has all that was committed before. So the
 * look has the Txn before it, if it was ever in the log. A lost reply is another matter: that Txn
 * may not have been proposed yet.
 *
 * <p>Writes that name one key must not be under way together ({@link io.holdfast.spi.KeyOrder}).
 * Used in the context only.
 */
public final class GuardedWriter {

  /** More would wait in the server just as well; here they can share a batch. */
  private static final int MOST_IN_FLIGHT = 4;

  /** With fewer in flight, those that come one by one would gain little from going together. */
  private static final int MANY = 4;

  /** How long a write waits for the answer to others before it goes without. */
  private static final Duration LONGEST_GATHERING = Duration.ofMillis(10);

  private static final Duration PAUSE = Duration.ofMillis(50);

  private final SessionContext scope;
  private final Presence presence;
  private final Reader reader;
  private final ByteSequence traces;

  private final Deque<PendingWrite> waiting = new ArrayDeque<>();
  private final Deque<PendingWrite> repeated = new ArrayDeque<>();
  private final Deque<Integer> freeSlots = new ArrayDeque<>();
  private long lastNumber;
  private boolean sending;

  /** How many writes each slot has in flight. */
  private final int[] inFlight = new int[MOST_IN_FLIGHT];

  private int latestSlot;
  private long sentAt;

  /** True while it is planned to go on without an answer. */
  private boolean impatient;

  /**
   * A writer of one session.
   *
   * @param traces what the names of its traces, and of no other keys, begin with
   */
  public GuardedWriter(
      SessionContext scope, Presence presence, Reader reader, ByteSequence traces) {
    this.scope = scope;
    this.presence = presence;
    this.reader = reader;
    this.traces = traces;
    for (int slot = 0; slot < MOST_IN_FLIGHT; slot++) {
      freeSlots.add(slot);
    }
  }

  /** Writes if the session is alive in the cluster and the guards hold. */
  public CompletableFuture<PendingWrite.Answer> write(PendingWrite write) {
    waiting.add(write);
    sendWaiting();
    return write.answer();
  }

  /** Sends what can be sent. What is given meanwhile, by those who get an answer, goes along. */
  private void sendWaiting() {
    if (sending) {
      return;
    }
    sending = true;
    while (!freeSlots.isEmpty() && !(waiting.isEmpty() && repeated.isEmpty())) {
      if (scope.life().isLost()) {
        abandon(repeated);
        abandon(waiting);
      } else if (presence.barrier().isPresent()) {
        presence.barrier().get().thenRun(this::sendWaiting);
        break;
      } else if (isGathering()) {
        sendLater();
        break;
      } else {
        send(freeSlots.remove());
      }
    }
    sending = false;
  }

  /** True while many are in flight, and the latest for a moment only. */
  private boolean isGathering() {
    return inFlight[latestSlot] > 0
        && Arrays.stream(inFlight).sum() >= MANY
        && scope.context().nanoTime() - sentAt < Durations.nanos(LONGEST_GATHERING);
  }

  private void sendLater() {
    if (!impatient) {
      impatient = true;
      scope
          .context()
          .schedule(
              LONGEST_GATHERING,
              () -> {
                impatient = false;
                sendWaiting();
              });
    }
  }

  private void abandon(Deque<PendingWrite> writes) {
    List<PendingWrite> ended = List.copyOf(writes);
    writes.clear();
    ended.forEach(write -> write.failed(scope.life().failure()));
  }

  private void send(int slot) {
    ByteSequence place = traces.concat(ByteSequence.from(slot + "/", UTF_8));
    lastNumber++;
    WriteBatch batch =
        repeated.isEmpty()
            ? WriteBatch.gather(place, lastNumber, waiting)
            : WriteBatch.alone(place, lastNumber, repeated.remove());
    long guard = presence.modified();
    latestSlot = slot;
    inFlight[slot] = batch.writes().size();
    sentAt = scope.context().nanoTime();
    scope
        .connection()
        .write(
            batch.guards(presence.unmoved()),
            batch.then(presence.leased()),
            List.of(presence.look()),
            scope.requestTimeout())
        .whenComplete(
            (reply, failure) -> {
              if (failure == null) {
                gather(() -> answered(batch, guard, reply), slot);
              } else if (Failures.isFull(failure)) {
                settle(batch, slot, failure);
              } else if (failure instanceof IndeterminateException) {
                presence.settle(guard).thenRun(() -> settle(batch, slot, failure));
              } else {
                gather(() -> failed(batch, failure), slot);
              }
            });
  }

  /** Tells of a batch's end, and then sends together what that brings about. */
  private void gather(Runnable end, int slot) {
    boolean outermost = !sending;
    sending = true;
    end.run();
    inFlight[slot] = 0;
    freeSlots.add(slot);
    if (outermost) {
      sending = false;
      sendWaiting();
    }
  }

  private void answered(WriteBatch batch, long guard, TxnResponse reply) {
    scope.seen().raise(reply.getHeader().getRevision());
    if (reply.isSucceeded()) {
      batch.done(reply);
      return;
    }
    List<KeyValue> there = reply.getGetResponses().get(0).getKvs();
    if (!presence.noted(there)) {
      failWhenLost(batch);
    } else if (there.get(0).getModRevision() == guard) {
      batch.refused(reply);
    } else {
      again(batch, waiting);
    }
  }

  /** Puts the writes in front of those that came later. */
  private static void again(WriteBatch batch, Deque<PendingWrite> queue) {
    for (int i = batch.writes().size() - 1; i >= 0; i--) {
      queue.addFirst(batch.writes().get(i));
    }
  }

  private void failed(WriteBatch batch, Throwable failure) {
    if (Failures.isLeaseNotFound(failure)) {
      presence.leaseNotFound();
      failWhenLost(batch);
    } else if (batch.writes().size() > 1 && Failures.isRefusal(failure)) {
      again(batch, repeated);
    } else {
      batch.failed(failure);
    }
  }

  private void failWhenLost(WriteBatch batch) {
    scope.life().lost().whenComplete((why, none) -> batch.failed(scope.life().failure()));
  }

  /** What became of the batch is not known; but no copy of it can come late any more. */
  private void settle(WriteBatch batch, int slot, Throwable failure) {
    if (scope.life().isLost()) {
      gather(() -> batch.failed(failure), slot);
    } else if (!batch.hasTraces()) {
      gather(() -> batch.failed(failure), slot);
    } else {
      reader
          .read(Reader.Freshness.LINEARIZABLE, batch.whereTracesAre())
          .whenComplete(
              (look, unread) -> {
                if (unread != null) {
                  scope.after(PAUSE, () -> settle(batch, slot, failure));
                } else {
                  gather(() -> settled(batch, look, failure), slot);
                }
              });
    }
  }

  private static void settled(WriteBatch batch, Reader.Result look, Throwable failure) {
    batch.settled(
        look.ranges().get(0).getKvs(),
        Failures.isFull(failure)
            ? Failures.full(failure)
            : new UnavailableException(
                "etcd did not answer, and a look shows: nothing was written"),
        failure);
  }
}
