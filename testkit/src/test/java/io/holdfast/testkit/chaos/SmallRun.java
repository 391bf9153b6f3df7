package io.holdfast.testkit.chaos;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.lock.Locks;
import io.holdfast.testkit.check.HistoryCheck;
import io.holdfast.testkit.check.Limits;
import io.holdfast.testkit.history.Event;
import io.holdfast.testkit.history.History;
import io.holdfast.testkit.history.HistoryFiles;
import io.holdfast.testkit.history.Recorder;
import io.holdfast.testkit.memory.Faults.Fate;
import io.holdfast.testkit.memory.MemoryCluster;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Clients of the real workloads in one JVM, on a memory cluster that is cut now and then. */
final class SmallRun implements AutoCloseable {

  private static final Duration SESSION = Duration.ofMillis(250);
  private static final Duration LENGTH = Duration.ofSeconds(3);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int CLIENTS = 3;

  private final MemoryCluster cluster = MemoryCluster.onRealTime();
  private final RegisterServer register;
  private final List<SmallClient> clients = new ArrayList<>();
  private volatile boolean ended;

  /** What a run came to: the judgement, or that somebody waited for ever. */
  record Outcome(HistoryCheck check, boolean stuck) {
    boolean caught() {
      return stuck || check.result() == HistoryCheck.Result.INVALID;
    }
  }

  SmallRun(SeededBug bug, long seed) throws IOException {
    register = new RegisterServer("127.0.0.1", bug.guarded());
    cluster.faults(
        (client, message) -> Fate.after(Duration.ofMillis(ThreadLocalRandom.current().nextInt(3))));
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(new SmallClient("c" + i, bug, seed + 100L * i));
    }
  }

  private final class SmallClient {
    private final StringWriter notes = new StringWriter();
    private final Recorder recorder;
    private final Coordinator coordinator;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong turns = new AtomicLong();

    SmallClient(String name, SeededBug bug, long seed) throws IOException {
      this.recorder = new Recorder(name, Map.of(), notes);
      CoordinatorOptions options =
          CoordinatorOptions.defaults()
              .withSessionTimeout(SESSION)
              .withRequestTimeout(SESSION.dividedBy(2));
      this.coordinator =
          Coordinator.connect(new BuggyBackend(cluster.client(name, options), bug), options, name);
      for (Workload workload : Workload.values()) {
        RegisterClient connection = new RegisterClient(register.address(), name, recorder);
        Turn turn = new Turn(recorder, connection, new Random(seed + workload.name().hashCode()));
        Thread thread =
            new Thread(
                () -> work(workload, turn, new Random(seed - workload.name().hashCode())),
                name + "-" + workload);
        thread.setDaemon(true);
        thread.start();
        threads.add(thread);
      }
    }

    private void work(Workload workload, Turn turn, Random wishes) {
      Locks locks = new Locks(coordinator);
      try {
        while (!ended) {
          turn.take(workload.next(locks, wishes));
          turns.incrementAndGet();
        }
      } catch (IOException | InterruptedException e) {
        // the run is over
      }
    }
  }

  /**
   * Cuts whoever is in the middle of a long thought off for longer than its session, then lets all
   * come to rest.
   */
  Outcome run() throws IOException, InterruptedException {
    long end = System.nanoTime() + LENGTH.toNanos();
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(SESSION.toNanos() / 10);
      String victim = register.inTheMiddle(SESSION.dividedBy(4)).orElse("");
      if (!victim.isEmpty()) {
        cluster.cut(victim);
        LockSupport.parkNanos(2 * SESSION.toNanos());
        cluster.heal(victim);
      }
    }
    ended = true;
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    boolean stuck = false;
    for (SmallClient client : clients) {
      for (Thread thread : client.threads) {
        thread.join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
        stuck |= thread.isAlive();
        thread.interrupt();
      }
    }
    List<Event> events = new ArrayList<>();
    for (SmallClient client : clients) {
      events.addAll(HistoryFiles.parse(client.notes.toString()).events());
    }
    return new Outcome(
        HistoryCheck.of(Histories.complete(new History(Map.of(), events)), Limits.defaults()),
        stuck);
  }

  @Override
  public void close() {
    ended = true;
    clients.forEach(client -> client.threads.forEach(Thread::interrupt));
    clients.forEach(client -> client.coordinator.close());
    register.close();
    cluster.close();
  }
}
