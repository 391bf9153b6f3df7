package io.holdfast.chaos.fault;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * Asks every server all the time whether it leads or follows, each by a thread of its own, and so
 * knows afterwards for how long a cluster had no leader.
 *
 * <p>A server that does not answer at once neither leads nor follows, from the question until the
 * next good answer. One that was cut off may say for some time that it does.
 *
 * <p>For one thread, past its own.
 */
public final class LeaderWatch implements AutoCloseable {

  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final Duration AT_ONCE = Duration.ofMillis(500);

  private final List<Server> servers = new ArrayList<>();
  private volatile boolean over;

  /** Nothing is known of a server from its start to its end. Times are {@link System#nanoTime}. */
  record Gap(long start, long end) {}

  /**
   * Begins to ask.
   *
   * @param endpoints of all servers
   * @param follows asks one whether it leads or follows; bounded in time
   */
  LeaderWatch(List<String> endpoints, Predicate<String> follows) {
    endpoints.forEach(endpoint -> servers.add(new Server(endpoint, follows)));
    servers.forEach(server -> server.thread.start());
  }

  /**
   * For how long fewer than a majority led or followed.
   *
   * @param from a {@link System#nanoTime} since the watch began
   * @param to one that has been
   */
  public Duration leaderless(long from, long to) {
    return leaderless(servers.stream().map(Server::gaps).toList(), from, to);
  }

  /** The same of gaps, by server. */
  static Duration leaderless(List<List<Gap>> gaps, long from, long to) {
    List<Long> changes =
        gaps.stream()
            .flatMap(List::stream)
            .flatMap(gap -> List.of(gap.start, gap.end).stream())
            .map(time -> Math.min(Math.max(time, from), to))
            .sorted()
            .toList();
    long sum = 0;
    for (int i = 1; i < changes.size(); i++) {
      long start = changes.get(i - 1);
      long end = changes.get(i);
      long out =
          gaps.stream()
              .filter(each -> each.stream().anyMatch(gap -> gap.start <= start && end <= gap.end))
              .count();
      if (2 * (gaps.size() - out) <= gaps.size()) {
        sum += end - start;
      }
    }
    return Duration.ofNanos(sum);
  }

  /** Asks no more. */
  @Override
  public void close() {
    over = true;
    servers.forEach(server -> LockSupport.unpark(server.thread));
  }

  /** What is known of one server. */
  private final class Server {

    private static final long NEVER = Long.MAX_VALUE;

    private final Thread thread;
    private final Predicate<String> follows;
    private final String endpoint;

    /** Guarded by this. */
    private final List<Gap> gaps = new ArrayList<>();

    Server(String endpoint, Predicate<String> follows) {
      this.endpoint = endpoint;
      this.follows = follows;
      this.thread = new Thread(this::ask, "leader-watch-" + endpoint);
      this.thread.setDaemon(true);
    }

    private void ask() {
      while (!over) {
        long start = System.nanoTime();
        boolean good = follows.test(endpoint);
        long end = System.nanoTime();
        answered(start, end, good && end - start <= AT_ONCE.toNanos());
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }

    private synchronized void answered(long start, long end, boolean good) {
      boolean open = !gaps.isEmpty() && gaps.get(gaps.size() - 1).end == NEVER;
      if (good && open) {
        Gap last = gaps.remove(gaps.size() - 1);
        gaps.add(new Gap(last.start, end));
      } else if (!good && !open) {
        gaps.add(new Gap(start, NEVER));
      }
    }

    synchronized List<Gap> gaps() {
      return List.copyOf(gaps);
    }
  }
}
