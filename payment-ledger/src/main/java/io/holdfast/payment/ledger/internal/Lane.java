package io.holdfast.payment.ledger.internal;

import io.holdfast.lock.FencingToken;
import io.holdfast.payment.ledger.LedgerUnavailableException;
import io.holdfast.payment.ledger.StaleOwnerException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What this process does in one database: a queue of tasks, and a few threads that take from it,
 * one batch after the other, each over a connection of its own. What comes while batches are under
 * way shares the next, so the more there is to do, the less each of it costs.
 *
 * <p>A shard belongs to one batch at a time. A batch takes the tasks in their order, but for those
 * that concern a shard of another batch, or of an earlier task that was left for that reason. So a
 * shard's tasks are done in order, a task may concern several shards, and nobody ever waits for
 * another's rows.
 */
final class Lane implements AutoCloseable {

  /** So many tasks share a commit at most. */
  private static final int BATCH = 256;

  /** So many tasks are worth a commit of their own beside another one. */
  private static final int SECOND = 32;

  /** So long what is less waits for another one at most, which may be stuck at somebody's lock. */
  private static final long PATIENCE_MILLIS = 100;

  /**
   * So many tasks of a shard may wait, so that one account leaves room to the other shards. What
   * ends branches is let in: there are no more of them than were prepared.
   */
  private static final int WAITING = 1_000;

  /** So many tasks are passed over for a batch at most. */
  private static final int PASSED_OVER = 4_096;

  private final String database;
  private final Map<Integer, AtomicInteger> waitingOf = new ConcurrentHashMap<>();
  private final Map<Integer, FencingToken> tokens = new ConcurrentHashMap<>();

  /** Of shards that move, or have moved from here. */
  private final Map<Integer, ShardGate> gates = new ConcurrentHashMap<>();

  private final OpenBranches branches = new OpenBranches();
  private final List<LaneWorker> workers;

  /** Guards all below; nothing else is called under it. */
  private final Object lock = new Object();

  private final Deque<Task<?>> waiting = new ArrayDeque<>();

  /** Shards of the rounds under way. */
  private final Set<Integer> busy = new HashSet<>();

  private final Set<Round> underWay = new HashSet<>();
  private boolean closed;

  Lane(
      String database,
      int threads,
      LaneWorker.Source source,
      String node,
      Duration deadline,
      InstantSource clock) {
    this.database = database;
    this.workers =
        IntStream.range(0, threads)
            .mapToObj(
                number ->
                    new LaneWorker(
                        "ledger-" + database + "-" + number, this, source, node, deadline, clock))
            .toList();
    workers.forEach(LaneWorker::start);
  }

  /**
   * Tasks that a worker has taken, and the shards that are reserved for them.
   *
   * @param beganNanos when they were taken
   * @param ended completes when all of it is committed, or has failed
   */
  record Round(
      List<Task<?>> tasks, Set<Integer> shards, long beganNanos, CompletableFuture<Boolean> ended) {

    boolean isLong() {
      return System.nanoTime() - beganNanos >= TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    }
  }

  /** From now on tasks of this shard are done, by the right of this token. */
  void own(int shard, FencingToken token) {
    gates.computeIfPresent(shard, (same, gate) -> gate.leadsOnward() ? null : gate);
    if (!token.equals(tokens.put(shard, token))) {
      branches.forget();
    }
  }

  /** The shard is in another database. */
  void disown(int shard) {
    if (tokens.remove(shard) != null) {
      branches.forget();
    }
  }

  /** From now on tasks of this shard are refused, unless it is owned by another token by now. */
  void disown(int shard, FencingToken token) {
    if (tokens.remove(shard, token)) {
      branches.forget();
    }
  }

  /** Those that its threads have prepared. */
  OpenBranches branches() {
    return branches;
  }

  Set<Integer> owned() {
    return Set.copyOf(tokens.keySet());
  }

  @Nullable FencingToken token(int shard) {
    return tokens.get(shard);
  }

  /**
   * Has it done with others.
   *
   * @return fails with {@link RejectedExecutionException} if too much of the shard waits or the
   *     lane is closed, and with {@link ShardMovedException} if it is for another database; then
   *     nothing was begun
   */
  <T> CompletableFuture<T> add(Task<T> task) {
    if (!task.database().orElse(database).equals(database)) {
      task.fail(new ShardMovedException(task.shard()));
      return task.done();
    }
    if (isClosed()) {
      task.fail(new RejectedExecutionException("the ledger is closed"));
      return task.done();
    }
    if (waitingOf(task).incrementAndGet() > WAITING && !task.endsBranch()) {
      leftQueue(task);
      task.fail(new RejectedExecutionException("too many requests of this shard wait"));
      return task.done();
    }
    readmit(List.of(task));
    return task.done();
  }

  private boolean isClosed() {
    synchronized (lock) {
      return closed;
    }
  }

  private AtomicInteger waitingOf(Task<?> task) {
    return waitingOf.computeIfAbsent(task.shard(), none -> new AtomicInteger());
  }

  /**
   * Puts a gate before a shard's tasks, which records what they change from now on.
   *
   * @throws LedgerUnavailableException if there is one
   */
  ShardGate gate(int shard) {
    ShardGate gate = new ShardGate(this);
    if (gates.putIfAbsent(shard, gate) != null) {
      throw new LedgerUnavailableException("shard " + shard + " is moving already", null);
    }
    return gate;
  }

  void remove(int shard, ShardGate gate) {
    gates.remove(shard, gate);
  }

  /** The gate before a shard; null if there is none. */
  @Nullable ShardGate gateOf(int shard) {
    return gates.get(shard);
  }

  /** Completes when all is committed, or has failed, that had passed the gates before. */
  CompletableFuture<Void> passed() {
    synchronized (lock) {
      return CompletableFuture.allOf(
          underWay.stream().map(Round::ended).toArray(CompletableFuture<?>[]::new));
    }
  }

  /** Takes tasks that count as waiting already. */
  void readmit(List<Task<?>> tasks) {
    synchronized (lock) {
      if (!closed) {
        waiting.addAll(tasks);
        lock.notifyAll();
        return;
      }
    }
    tasks.forEach(this::refuse);
  }

  private void refuse(Task<?> task) {
    leftQueue(task);
    task.fail(new StaleOwnerException(task.shard(), null));
  }

  /** Takes what another lane had waiting, however much waits here. */
  void take(Task<?> task) {
    if (!task.database().orElse(database).equals(database)) {
      task.fail(new ShardMovedException(task.shard()));
      return;
    }
    waitingOf(task).incrementAndGet();
    readmit(List.of(task));
  }

  /** It waits no longer. */
  void leftQueue(Task<?> task) {
    waitingOf(task).decrementAndGet();
  }

  /**
   * What is to be done next. Waits for it. Tasks that a gate holds are among it: whoever takes it
   * asks the gates after it is under way, so that none passes a gate unseen by {@link #passed}.
   */
  Round next() throws InterruptedException {
    synchronized (lock) {
      while (true) {
        Round round = gather();
        if (!round.tasks().isEmpty() && isWorthIt(round)) {
          busy.addAll(round.shards());
          underWay.add(round);
          return round;
        }
        for (int i = round.tasks().size() - 1; i >= 0; i--) {
          waiting.addFirst(round.tasks().get(i));
        }
        if (closed) {
          throw new InterruptedException("the lane is closed");
        }
        lock.wait(round.tasks().isEmpty() ? 0 : PATIENCE_MILLIS);
      }
    }
  }

  /**
   * A commit costs the database about as much as {@value #SECOND} tasks of it do. So what is little
   * waits for the rounds under way, unless they take long, and shares the next with all that comes
   * meanwhile.
   */
  private boolean isWorthIt(Round round) {
    return round.tasks().size() >= SECOND || underWay.stream().allMatch(Round::isLong);
  }

  private Round gather() {
    List<Task<?>> tasks = new ArrayList<>();
    Set<Integer> shards = new HashSet<>();
    Set<Integer> notNow = new HashSet<>(busy);
    Deque<Task<?>> left = new ArrayDeque<>();
    while (!waiting.isEmpty() && left.size() < PASSED_OVER && tasks.size() < BATCH) {
      Task<?> task = waiting.removeFirst();
      Set<Integer> its = shardsOf(task);
      if (Collections.disjoint(its, notNow)) {
        tasks.add(task);
        shards.addAll(its);
      } else {
        notNow.addAll(its);
        left.add(task);
      }
    }
    while (!left.isEmpty()) {
      waiting.addFirst(left.removeLast());
    }
    return new Round(tasks, shards, System.nanoTime(), new CompletableFuture<>());
  }

  /** Its own, and those of the others that are owned here as well. */
  private Set<Integer> shardsOf(Task<?> task) {
    if (task.elsewhere().isEmpty()) {
      return Set.of(task.shard());
    }
    Set<Integer> all = new HashSet<>(task.elsewhere().keySet());
    all.retainAll(tokens.keySet());
    all.add(task.shard());
    return all;
  }

  /** True if a gate holds it, or has given it on. */
  boolean isHeld(Task<?> task) {
    ShardGate gate = gates.get(task.shard());
    return gate != null && gate.takes(task);
  }

  /**
   * The shards that tasks of a round may change: their own, and those of the others that are
   * reserved and have no gate that is shut.
   */
  Set<Integer> open(List<Task<?>> tasks, Set<Integer> reserved) {
    Set<Integer> open = new HashSet<>();
    for (Task<?> task : tasks) {
      open.add(task.shard());
      for (int shard : task.elsewhere().keySet()) {
        ShardGate gate = gates.get(shard);
        if (reserved.contains(shard) && (gate == null || gate.lets())) {
          open.add(shard);
        }
      }
    }
    return open;
  }

  /** All of it is committed, or has failed. */
  void ended(Round round) {
    synchronized (lock) {
      busy.removeAll(round.shards());
      underWay.remove(round);
      lock.notifyAll();
    }
    round.ended().complete(true);
  }

  /** Ends when the batches under way have. */
  @Override
  public void close() {
    List<Task<?>> left;
    synchronized (lock) {
      closed = true;
      left = List.copyOf(waiting);
      waiting.clear();
      lock.notifyAll();
    }
    gates.values().forEach(ShardGate::close);
    left.forEach(this::refuse);
    workers.forEach(LaneWorker::close);
  }
}
