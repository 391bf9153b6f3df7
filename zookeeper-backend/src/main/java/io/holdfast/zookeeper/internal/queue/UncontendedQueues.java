package io.holdfast.zookeeper.internal.queue;

import io.holdfast.zookeeper.internal.client.ConnectionObservers;
import io.holdfast.zookeeper.internal.read.DeletionWatches;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.data.Stat;

/**
 * Queues in which this session was the first, and which it has left since. When it comes again and
 * is given the very next number, nobody has come between: so it is alone, and need not look.
 *
 * <p>ZooKeeper counts what is created in a directory, and numbers by it. Whoever stood behind, or
 * came and went meanwhile, has taken a number. The count starts again in a directory that was
 * removed and made anew, so each that is remembered is watched; and with another history, after a
 * backup was put back, which no connection survives.
 *
 * <p>Keeps the queues that were used last. One that is used for the first time in a while costs
 * nothing; the second time it is watched; from the fourth time on no look is needed. Used in the
 * context only.
 */
final class UncontendedQueues {

  /** Each is a watch on a server. */
  private static final int MOST = 1_000;

  private static final int UNKNOWN = -1;

  private final DeletionWatches goneWatches;
  private final Map<String, LastUse> byQueue = new LinkedHashMap<>(16, 0.75f, true);

  /** What has become of the session's own node. */
  private enum Stay {
    STANDS,
    IS_BEING_LEFT,
    LEFT
  }

  /** What is remembered of one queue. */
  private static final class LastUse {
    /** Completes when the directory is gone; never if it is not watched. */
    CompletableFuture<Void> gone = new CompletableFuture<>();

    boolean watched;
    String own = "";
    int number = UNKNOWN;
    Stay stay = Stay.STANDS;

    /** The revision at which the directory was made. */
    long directory;
  }

  UncontendedQueues(DeletionWatches goneWatches, ConnectionObservers connectionObservers) {
    this.goneWatches = goneWatches;
    connectionObservers.atEveryDetachment(
        () -> byQueue.values().forEach(use -> use.number = UNKNOWN));
  }

  /** Node {@code name} of this session was seen to be the first in the queue. */
  void first(String queue, String name) {
    LastUse use = byQueue.get(queue);
    if (use == null) {
      byQueue.put(queue, new LastUse());
      forgetTheEldest();
    } else if (!use.watched) {
      watch(queue, use);
    } else {
      Optional<Stat> directory = goneWatches.seen(queue);
      use.own = name;
      use.stay = Stay.STANDS;
      use.directory = directory.map(Stat::getCzxid).orElse(0L);
      use.number = directory.isPresent() ? number(name) : UNKNOWN;
    }
  }

  private void watch(String queue, LastUse use) {
    use.watched = true;
    goneWatches.watch(queue, use.gone);
    use.gone.thenRun(() -> byQueue.remove(queue, use));
  }

  private void forgetTheEldest() {
    if (byQueue.size() > MOST) {
      Map.Entry<String, LastUse> eldest = byQueue.entrySet().iterator().next();
      byQueue.remove(eldest.getKey());
      eldest.getValue().gone.cancel(false);
    }
  }

  /** Numbers that are negative, or about to be, are left to a look. */
  private static int number(String name) {
    int number =
        QueueNode.parse(name).map(node -> Integer.parseInt(node.sequence())).orElse(UNKNOWN);
    return number == Integer.MAX_VALUE ? UNKNOWN : number;
  }

  /** The session's node is about to go, before anything that is asked for from now on. */
  void leaving(String queue, String name) {
    nowIs(Stay.IS_BEING_LEFT, queue, name);
  }

  /** The session's node is not there any more. */
  void left(String queue, String name) {
    nowIs(Stay.LEFT, queue, name);
  }

  private void nowIs(Stay stay, String queue, String name) {
    LastUse use = byQueue.get(queue);
    if (use != null && use.own.equals(name)) {
      use.stay = stay;
    }
  }

  /**
   * True if it is known which number the session gets next in a queue, unless somebody comes; or
   * will be when all that is under way now has been answered.
   */
  boolean mayBeNext(String queue) {
    LastUse use = byQueue.get(queue);
    return use != null && use.stay != Stay.STANDS && next(queue, use).isPresent();
  }

  /** The number that the session gets in a queue if nobody has come; empty if it is not known. */
  private OptionalInt next(String queue, LastUse use) {
    if (use.number == UNKNOWN) {
      return OptionalInt.empty();
    }
    boolean same =
        goneWatches.seen(queue).filter(stat -> stat.getCzxid() == use.directory).isPresent();
    return same ? OptionalInt.of(use.number + 1) : OptionalInt.empty();
  }

  /**
   * True if {@code name} got the number that only somebody who is alone can have got: the one after
   * that of the session's former node, which is known to be gone.
   */
  boolean isNext(String queue, String name) {
    LastUse use = byQueue.get(queue);
    if (use == null || use.stay != Stay.LEFT) {
      return false;
    }
    OptionalInt next = next(queue, use);
    return next.isPresent() && next.getAsInt() == number(name);
  }
}
