package io.holdfast.benchmarks.locks;

import io.holdfast.benchmarks.measure.Duel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Processes of one side that all want one lock. */
final class LockFleet implements Duel.Work, AutoCloseable {

  private final List<WorkerProcess> workers = new ArrayList<>();

  /** Starts them, and waits until all are connected. */
  LockFleet(Contestant.Side side, String address, int processes, int threadsEach)
      throws IOException {
    try {
      for (int i = 0; i < processes; i++) {
        workers.add(new WorkerProcess(side, address, threadsEach));
      }
      for (WorkerProcess worker : workers) {
        worker.awaitReady();
      }
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  @Override
  public double perSecond(Duration duration) throws IOException {
    workers.forEach(worker -> worker.order(Worker.CROWD + " " + duration.toMillis()));
    double all = 0;
    for (WorkerProcess worker : workers) {
      all += Double.parseDouble(worker.answer());
    }
    return all;
  }

  /** One hold, on the machine's monotonic clock. */
  private record Hold(int worker, long acquired, long released) {
    static Hold parse(int worker, String text) {
      int colon = text.indexOf(':');
      return new Hold(
          worker,
          Long.parseLong(text.substring(0, colon)),
          Long.parseLong(text.substring(colon + 1)));
    }
  }

  /**
   * Lets each process hold the lock {@code count} times for {@code hold}, long enough for another
   * to be waiting, and gives the median time in microseconds from the begin of one's release to the
   * acquisition by another.
   */
  double handOffMicros(int count, Duration hold) throws IOException {
    workers.forEach(
        worker -> worker.order(Worker.HOLDS + " " + count + " " + hold.toNanos() / 1_000));
    List<Hold> holds = new ArrayList<>();
    for (int i = 0; i < workers.size(); i++) {
      int worker = i;
      Stream.of(workers.get(i).answer().split(","))
          .map(text -> Hold.parse(worker, text))
          .forEach(holds::add);
    }
    holds.sort(Comparator.comparingLong(Hold::acquired));
    List<Double> micros = new ArrayList<>();
    for (int i = 1; i < holds.size(); i++) {
      if (holds.get(i).worker() != holds.get(i - 1).worker()) {
        micros.add((holds.get(i).acquired() - holds.get(i - 1).released()) / 1e3);
      }
    }
    return Duel.median(micros);
  }

  @Override
  public void close() {
    workers.forEach(WorkerProcess::close);
  }
}
