package io.holdfast.benchmarks.locks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * A process that takes part in a comparison: connects, says {@value #READY}, and then does what
 * each line of its input says, answering with a line, until its input ends.
 */
final class Worker {

  static final String READY = "ready";

  /** {@code CROWD <milliseconds>}: the answer is a rate. */
  static final String CROWD = "CROWD";

  /** {@code HOLDS <count> <hold in microseconds>}: the answer is each hold's begin and end. */
  static final String HOLDS = "HOLDS";

  private static final String LOCK = "shared";

  private final Contestant contestant;
  private final Crowd crowd;

  private Worker(Contestant contestant, int threads) throws Exception {
    this.contestant = contestant;
    this.crowd = Crowd.onOne(contestant, LOCK, threads);
  }

  /** {@code SIDE ADDRESS THREADS}. */
  public static void main(String[] args) throws Exception {
    Contestant.Side side = Contestant.Side.valueOf(args[0]);
    try (Contestant contestant = side.connect(args[1]);
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
      Worker worker = new Worker(contestant, Integer.parseInt(args[2]));
      say(READY);
      for (String order = orders.readLine(); order != null; order = orders.readLine()) {
        say(worker.answer(order.split(" ")));
      }
    }
    System.exit(0);
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  private String answer(String[] order) throws Exception {
    long first = Long.parseLong(order[1]);
    return switch (order[0]) {
      case CROWD -> String.format(Locale.ROOT, "%.3f", crowd.perSecond(Duration.ofMillis(first)));
      case HOLDS -> holds(first, Duration.ofNanos(1_000 * Long.parseLong(order[2])));
      default -> throw new IllegalArgumentException("no such order: " + order[0]);
    };
  }

  /** On the machine's monotonic clock, which all processes of one machine share under Linux. */
  private String holds(long count, Duration hold) throws Exception {
    Contestant.Mutex mutex = contestant.mutex(List.of(LOCK));
    List<String> times = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      AutoCloseable held = mutex.acquire();
      long acquired = System.nanoTime();
      LockSupport.parkNanos(hold.toNanos());
      times.add(acquired + ":" + System.nanoTime());
      held.close();
    }
    return String.join(",", times);
  }
}
