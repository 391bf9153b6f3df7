package io.holdfast.benchmarks.locks;

import io.holdfast.benchmarks.measure.Duel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Threads of one process, each with a mutex that it acquires and releases again and again. */
final class Crowd implements Duel.Work {

  private final List<Contestant.Mutex> mutexes;

  /** One thread for each of {@code mutexes}. */
  Crowd(List<Contestant.Mutex> mutexes) {
    this.mutexes = List.copyOf(mutexes);
  }

  /** Threads that all want one lock. */
  static Crowd onOne(Contestant contestant, String name, int threads) throws Exception {
    List<Contestant.Mutex> mutexes = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      mutexes.add(contestant.mutex(List.of(name)));
    }
    return new Crowd(mutexes);
  }

  /** Threads that each want a lock of their own. */
  static Crowd onEachItsOwn(Contestant contestant, String name, int threads) throws Exception {
    List<Contestant.Mutex> mutexes = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      mutexes.add(contestant.mutex(List.of(name + i)));
    }
    return new Crowd(mutexes);
  }

  @Override
  public double perSecond(Duration duration) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(mutexes.size());
    long start = System.nanoTime();
    List<Future<Long>> counts = new ArrayList<>();
    for (Contestant.Mutex mutex : mutexes) {
      counts.add(threads.submit(() -> cycles(mutex, start + duration.toNanos())));
    }
    threads.shutdown();
    long done = 0;
    for (Future<Long> count : counts) {
      done += count.get();
    }
    return done * 1e9 / (System.nanoTime() - start);
  }

  /** At least one: on a busy machine the thread may begin after the deadline. */
  private static long cycles(Contestant.Mutex mutex, long deadline) throws Exception {
    long done = 0;
    do {
      mutex.cycle();
      done++;
    } while (System.nanoTime() - deadline < 0);
    return done;
  }
}
