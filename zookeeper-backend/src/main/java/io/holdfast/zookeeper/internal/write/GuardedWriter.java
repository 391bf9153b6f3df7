package io.holdfast.zookeeper.internal.write;

import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Revision;
import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import io.holdfast.spi.SessionLife;
import io.holdfast.zookeeper.internal.client.Connection;
import io.holdfast.zookeeper.internal.client.Reply;
import io.holdfast.zookeeper.internal.read.QueueReader;
import io.holdfast.zookeeper.internal.session.Presence;
import io.holdfast.zookeeper.internal.session.ProvenLife;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.jspecify.annotations.Nullable;

/**
 * Sends the session's writes, each {@code multi} beginning with its presence node, and finds out
 * what became of those whose reply was lost.
 *
 * <p>The presence node serves thrice. Without it the whole {@code multi} fails, so a session that
 * was given up cannot write. Its new {@code mzxid} is the zxid of the {@code multi}, which is also
 * the {@code czxid} of all that was created in it. And it remembers the number of the last write
 * that took effect.
 *
 * <p><b>Lost replies.</b> When the connection breaks, the replies of all batches in flight are lost
 * together. Of these the leader has taken some first ones, in order, and will take no more once the
 * session is attached anew: requests that a former server still forwards are refused there, because
 * the session has moved, and those that this very server still had in hand go ahead of everything
 * sent on the new connection. So after attaching, one write that changes nothing and one look at
 * the presence node behind it settle all of them. It has to be a write: a leader that was deposed
 * and does not know it yet takes up sessions and answers {@code sync}, and would show what was
 * before. By the look,
 *
 * <ul>
 *   <li>a number greater than the one found: not done;
 *   <li>the number found: done;
 *   <li>a smaller one: done, if the node's version has grown by as many as there are lost writes up
 *       to the number found. If it has grown by less, some of them were refused, and which, nobody
 *       knows any more: unknown.
 * </ul>
 *
 * <p><b>Group commit.</b> While a batch is in flight, writes are gathered, and sent as one {@code
 * multi} when they are as many or when it comes back: the cluster's cost is by the proposal, hardly
 * by what is in it. If that takes its time, because the cluster is far away, they do not wait for
 * it; but no more than a few batches are in flight. If one write of a batch is refused, all of them
 * fail; then each is sent again by itself, so that none suffers from another. A write that is
 * repeated may take effect after one that was given later; where that matters, the caller waits for
 * the first ({@link io.holdfast.spi.KeyOrder}).
 *
 * <p>While the session is not attached, or lost writes are not settled, new writes wait. If the
 * session is lost first, nothing is told: those who wait end with the session.
 *
 * <p>Used in the context only.
 */
public final class GuardedWriter {

  /**
   * While one is made durable the next is on its way. More would wait in the server just as well;
   * here they can share a batch.
   */
  private static final int MOST_IN_FLIGHT = 2;

  /**
   * Those that must not share a batch, the joins of one queue, gain nothing by waiting for each
   * other.
   */
  private static final int MOST_APART_IN_FLIGHT = 16;

  /** How long a write waits for others, or for the answer to those in flight, before it goes. */
  private static final Duration LONGEST_GATHERING = Duration.ofMillis(10);

  /** After which to ask again for what the servers would not do. */
  private static final Duration PAUSE = Duration.ofMillis(500);

  /** What only the leader can have answered. */
  private static final Set<Code> LEADER_ANSWERS =
      EnumSet.of(
          Code.OK,
          Code.NONODE,
          Code.NODEEXISTS,
          Code.BADVERSION,
          Code.NOTEMPTY,
          Code.NOCHILDRENFOREPHEMERALS);

  private final Connection connection;
  private final QueueReader queueReader;
  private final Context context;
  private final SessionLife life;
  private final ProvenLife proven;
  private final Presence presence;

  private final Deque<PendingWrite> waiting = new ArrayDeque<>();
  private final Deque<PendingWrite> repeated = new ArrayDeque<>();
  private final Deque<WriteBatch> inFlight = new ArrayDeque<>();

  /** How many writes outside of any batch have no answer yet. */
  private int alone;

  private final List<WriteBatch> unsettled = new ArrayList<>();

  /** True while it is planned to go on without an answer. */
  private boolean impatient;

  private boolean attached = true;

  /** True while the server has too much to do. */
  private boolean throttled;

  private boolean settling;

  /** While those who get an answer are told: what they give then, goes together. */
  private boolean gathering;

  private long lastNumber;
  private long lastSent;

  /** The presence node's version after the last acknowledged write before {@link #unsettled}. */
  private int knownVersion;

  /** How many writes were acknowledged since the first of {@link #unsettled}. */
  private int doneMeanwhile;

  public GuardedWriter(
      Connection connection,
      QueueReader queueReader,
      Context context,
      SessionLife life,
      ProvenLife proven,
      Presence presence) {
    this.connection = connection;
    this.queueReader = queueReader;
    this.context = context;
    this.life = life;
    this.proven = proven;
    this.presence = presence;
    this.lastSent = context.nanoTime();
  }

  /** When a write was sent last. */
  long lastSent() {
    return lastSent;
  }

  /** A write of nothing: proves that the session lives. */
  public CompletableFuture<WriteOutcome> prove() {
    return write(List.of(), () -> {});
  }

  /**
   * Calls {@code reads} so that what they ask on the connection is answered with all that was
   * acknowledged to anybody before now: behind an empty write, which a majority has to agree on.
   * ZooKeeper's {@code sync} would be cheaper, but a leader that does not know yet that it was
   * deposed still answers it.
   *
   * @return true if what was read is up to date; false if the connection broke: then the write may
   *     have been lost and the reads answered on the next connection. Completes in the context,
   *     unless the session is lost first
   */
  public CompletableFuture<Boolean> upToDate(Runnable reads) {
    AtomicBoolean asked = new AtomicBoolean();
    return write(
            List.of(),
            () -> {
              if (asked.compareAndSet(false, true)) {
                reads.run();
              }
            })
        .thenApply(WriteOutcome.Done.class::isInstance);
  }

  /** Writes all of {@code ops} or nothing. */
  public CompletableFuture<WriteOutcome> write(List<Op> ops) {
    return write(ops, () -> {});
  }

  /** {@link #write(Set, List, Set, Runnable)} without a condition, and with nothing kept apart. */
  public CompletableFuture<WriteOutcome> write(List<Op> ops, Runnable behind) {
    return write(Set.of(), ops, Set.of(), behind);
  }

  /**
   * Writes all of {@code ops} or nothing.
   *
   * @param present as in {@link PendingWrite}
   * @param apart as in {@link PendingWrite}
   * @param behind called right after sending: what it asks on the connection is answered with the
   *     state just after the write, and costs no further round trip. Called again if the write has
   *     to be repeated
   * @return completes in the context, unless the session is lost first
   */
  public CompletableFuture<WriteOutcome> write(
      Set<String> present, List<Op> ops, Set<String> apart, Runnable behind) {
    PendingWrite write = new PendingWrite(present, ops, apart, behind, new CompletableFuture<>());
    waiting.add(write);
    sendWaiting();
    return write.outcome();
  }

  /** The node without which nothing is written. */
  public String presence() {
    return presence.path();
  }

  /**
   * True if there is nothing that a write could share a request with, nor so much under way that it
   * had better wait for something to share one with.
   */
  public boolean hasRoomForOne() {
    return maySend()
        && !gathering
        && alone < MOST_IN_FLIGHT
        && inFlight.isEmpty()
        && waiting.isEmpty()
        && repeated.isEmpty();
  }

  /**
   * Creates one node outside of any batch: less work for the cluster than a {@code multi}. Nobody
   * has made sure that the session's presence node was there, and no number tells afterwards
   * whether the node was created: the caller has to look, by its name and at {@code Conditions}.
   *
   * @param path with a name that nobody else gives; the server adds a number
   * @param behind as in {@link PendingWrite}
   * @return completes in the context, unless the session is lost first
   */
  public CompletableFuture<Reply<Reply.Made>> create(
      String path, Payload payload, Runnable behind) {
    long sent = sendingAlone();
    CompletableFuture<Reply<Reply.Made>> created =
        connection.createInSequence(path, payload).thenApply(reply -> aloneAnswered(sent, reply));
    behind.run();
    return created;
  }

  /**
   * Deletes nodes of the session's own, all or none, outside of any batch: less work for the
   * cluster. Whoever is given up may do it too, and doing it twice does no harm, so it needs no
   * condition and no number that tells whether it was done.
   *
   * @return true once they are gone; false if that is not known; completes in the context, unless
   *     the session is lost first
   */
  public CompletableFuture<Boolean> delete(List<String> nodes) {
    long sent = sendingAlone();
    if (nodes.size() == 1) {
      return connection
          .delete(nodes.get(0))
          .thenApply(reply -> aloneAnswered(sent, reply))
          .thenApply(reply -> reply.isOk() || reply.isAbsent());
    }
    return connection
        .multi(nodes.stream().map(node -> Op.delete(node, Connection.ANY_VERSION)).toList())
        .thenApply(reply -> aloneAnswered(sent, reply))
        .thenApply(Reply::isOk);
  }

  private long sendingAlone() {
    alone++;
    lastSent = context.nanoTime();
    return lastSent;
  }

  private <T> Reply<T> aloneAnswered(long sent, Reply<T> reply) {
    alone--;
    if (LEADER_ANSWERS.contains(reply.code())) {
      proven.acknowledged(sent);
    } else if (reply.code() == Code.SESSIONEXPIRED) {
      life.lose(LossReason.EXPIRED);
    }
    return reply;
  }

  private void sendWaiting() {
    if (gathering) {
      return;
    }
    while (maySend() && hasRoomForBatch()) {
      if (!repeated.isEmpty()) {
        send(WriteBatch.alone(++lastNumber, context.nanoTime(), repeated.remove()));
      } else if (waiting.isEmpty()) {
        return;
      } else if (isGathering()) {
        sendLater();
        return;
      } else {
        send(WriteBatch.gather(++lastNumber, context.nanoTime(), waiting));
      }
    }
  }

  private boolean maySend() {
    return attached && !throttled && unsettled.isEmpty() && !life.isLost();
  }

  private boolean hasRoomForBatch() {
    int batches = inFlight.size();
    return batches < MOST_IN_FLIGHT
        || (batches < MOST_APART_IN_FLIGHT
            && !waiting.isEmpty()
            && inFlight.getLast().keepsOut(waiting.element()));
  }

  /** True while more are in flight than wait, and the latest for a moment only. */
  private boolean isGathering() {
    return !inFlight.isEmpty()
        && inFlight.stream().mapToInt(batch -> batch.writes().size()).sum() > waiting.size()
        && context.nanoTime() - inFlight.getLast().sent() < Durations.nanos(LONGEST_GATHERING);
  }

  private void sendLater() {
    if (!impatient) {
      impatient = true;
      context.schedule(
          LONGEST_GATHERING,
          () -> {
            impatient = false;
            sendWaiting();
          });
    }
  }

  private void send(WriteBatch batch) {
    lastSent = batch.sent();
    inFlight.add(batch);
    connection
        .multi(batch.operations(presence.update(batch.number())))
        .thenAccept(reply -> replied(batch, reply));
    queueReader.together(batch::askBehind);
  }

  private void replied(WriteBatch batch, Reply<List<OpResult>> reply) {
    inFlight.remove(batch);
    gathering = true;
    if (reply.isLost()) {
      if (unsettled.isEmpty()) {
        doneMeanwhile = 0;
      }
      unsettled.add(batch);
    } else if (reply.code() == Code.SESSIONEXPIRED) {
      life.lose(LossReason.EXPIRED);
    } else {
      if (LEADER_ANSWERS.contains(reply.code())) {
        proven.acknowledged(batch.sent());
      }
      answered(batch, reply);
    }
    gathering = false;
    settle();
    sendWaiting();
  }

  private void answered(WriteBatch batch, Reply<List<OpResult>> reply) {
    if (reply.isOk()) {
      OpResult.SetDataResult own = (OpResult.SetDataResult) reply.value().get(0);
      if (unsettled.isEmpty()) {
        knownVersion = own.getStat().getVersion();
      } else {
        doneMeanwhile++;
      }
      batch.done(new Revision(own.getStat().getMzxid()), reply.value());
      return;
    }
    if (reply.code() == Code.THROTTLEDOP) {
      giveBack(batch.writes());
      return;
    }
    int index = firstRefused(reply.valueOrNull());
    if (index == 0 && reply.isAbsent()) {
      life.lose(LossReason.REVOKED);
    } else if (batch.writes().size() == 1) {
      batch.refused(index, reply.code());
    } else {
      repeated.addAll(batch.writes());
    }
  }

  /** The server had too much to do, and has not looked at them: they are sent again in a while. */
  private void giveBack(List<PendingWrite> writes) {
    for (int i = writes.size() - 1; i >= 0; i--) {
      waiting.addFirst(writes.get(i));
    }
    if (!throttled) {
      throttled = true;
      later(
          () -> {
            throttled = false;
            sendWaiting();
          });
    }
  }

  /** Runs {@code task} after a pause, for what the servers would not do now. */
  public void later(Runnable task) {
    context.schedule(
        context.jittered(PAUSE),
        () -> {
          if (!life.isLost()) {
            task.run();
          }
        });
  }

  private static int firstRefused(@Nullable List<OpResult> results) {
    if (results != null) {
      for (int i = 0; i < results.size(); i++) {
        if (results.get(i) instanceof OpResult.ErrorResult error
            && error.getErr() != Code.OK.intValue()) {
          return i;
        }
      }
    }
    return 0;
  }

  public void disconnected() {
    attached = false;
  }

  /** The session is attached to a server again: settles what is open, proves life, goes on. */
  public void reconnected() {
    attached = true;
    settling = false;
    settle();
    prove();
  }

  private void settle() {
    if (unsettled.isEmpty() || !attached || settling || !inFlight.isEmpty()) {
      return;
    }
    settling = true;
    long sent = context.nanoTime();
    lastSent = sent;
    connection
        .multi(List.of(Op.check(presence.path(), Connection.ANY_VERSION)))
        .thenCombine(
            connection.node(presence.path()),
            (written, look) -> {
              looked(sent, written, look);
              return look;
            });
  }

  private void looked(long sent, Reply<?> written, Reply<Reply.Node> look) {
    if (!settling || !attached) {
      return;
    }
    settling = false;
    if (LEADER_ANSWERS.contains(written.code())) {
      proven.acknowledged(sent);
    }
    if (written.isAbsent()) {
      life.lose(LossReason.REVOKED);
    } else if (written.code() == Code.SESSIONEXPIRED) {
      life.lose(LossReason.EXPIRED);
    } else if (written.isOk() && look.isOk()) {
      settle(look.value());
      sendWaiting();
    } else {
      // Lost again, which the next connection asks about; or the server would not do it now.
      later(this::settle);
    }
  }

  private void settle(Reply.Node node) {
    long found = Presence.number(node.data()).orElse(-1);
    int grown = node.stat().getVersion() - knownVersion - doneMeanwhile;
    long reached = unsettled.stream().filter(batch -> batch.number() <= found).count();
    List<WriteBatch> settled = List.copyOf(unsettled);
    unsettled.clear();
    knownVersion = node.stat().getVersion();
    for (WriteBatch batch : settled) {
      batch.settled(judge(batch.number(), found, grown, reached, node));
    }
  }

  private static WriteOutcome judge(
      long number, long found, int grown, long reached, Reply.Node node) {
    if (found >= 0 && number > found) {
      return new WriteOutcome.Undone();
    }
    if (number == found) {
      return new WriteOutcome.DoneUnseen(new Revision(node.stat().getMzxid()));
    }
    if (grown == 0) {
      return new WriteOutcome.Undone();
    }
    return found >= 0 && grown == reached
        ? new WriteOutcome.DoneUnseen(Revision.NONE)
        : new WriteOutcome.Unknown();
  }
}
