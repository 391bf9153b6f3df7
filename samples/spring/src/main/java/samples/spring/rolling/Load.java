package samples.spring.rolling;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Clients that send one GET request after the other, and count the answers. */
final class Load implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long PAUSE_MILLIS = 10;

  private final HttpClient client = HttpClient.newHttpClient();
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final HttpRequest request;
  private final AtomicLong answered = new AtomicLong();
  private final Map<String, Long> failures = new ConcurrentHashMap<>();
  private volatile boolean stopped;

  /** One party for this object, and one for each client that goes on. */
  private final Phaser running;

  Load(String url, int clients) {
    this.request = HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).build();
    this.running = new Phaser(clients + 1);
    for (int i = 0; i < clients; i++) {
      clock.execute(this::send);
    }
  }

  private void send() {
    client
        .sendAsync(request, HttpResponse.BodyHandlers.discarding())
        .whenComplete(
            (answer, failure) -> {
              if (failure != null) {
                failures.merge(reason(failure), 1L, Long::sum);
              } else if (answer.statusCode() != 200) {
                failures.merge("status " + answer.statusCode(), 1L, Long::sum);
              }
              answered.incrementAndGet();
              if (stopped) {
                running.arriveAndDeregister();
              } else {
                clock.schedule(this::send, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
              }
            });
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    return cause.getClass().getSimpleName();
  }

  /** Waits for so many more answers. */
  void awaitAnswers(int more) {
    long until = answered.get() + more;
    while (answered.get() < until) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS));
    }
  }

  /**
   * Waits until so many were answered well in a row, as when the applications have just started;
   * then counts from zero.
   */
  void awaitSuccesses(int many) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    do {
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException("the applications do not answer: " + failures);
      }
      answered.set(0);
      failures.clear();
      awaitAnswers(many);
    } while (!failures.isEmpty());
    answered.set(0);
  }

  long answered() {
    return answered.get();
  }

  /** How many failed, by what the client saw. */
  Map<String, Long> failures() {
    return new TreeMap<>(failures);
  }

  /** Sends no more, and waits for the answers that are missing. */
  void stop() {
    stopped = true;
    running.arriveAndAwaitAdvance();
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
