package io.holdfast.payment.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.payment.ledger.GuardedCounter.Guard;
import io.holdfast.payment.testing.TestPostgres;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A lock alone is not enough: a process that is stopped between its check and its write, for longer
 * than its session, writes under a lock that is another's by then. Only the resource can refuse it.
 */
class LockAloneTest {

  private static final Duration LIMIT = Duration.ofMinutes(2);

  private static EmbeddedZooKeeper zooKeeper;

  private final DatabaseConfig database = TestPostgres.freshDatabase();

  @BeforeAll
  static void start() {
    zooKeeper = EmbeddedZooKeeper.start();
  }

  @AfterAll
  static void stop() {
    zooKeeper.close();
  }

  /** What the stopped process said of its late write, and who wrote in which order. */
  private record Outcome(
      String lateWrite, FencingToken stale, FencingToken successor, List<FencingToken> writers) {}

  @Test
  void pausedHolder_withoutAGuard_writesUnderTheNextHoldersLock() throws Exception {
    Outcome outcome = pauseBetweenCheckAndWrite(Guard.NONE);

    assertThat(outcome.lateWrite()).isEqualTo(PausedHolder.WROTE);
    assertThat(outcome.writers())
        .containsExactly(outcome.stale(), outcome.successor(), outcome.stale());
  }

  /** If there were no overlap, the late write would not be refused, and this would fail. */
  @Test
  void pausedHolder_withTheGuard_isRefused() throws Exception {
    Outcome outcome = pauseBetweenCheckAndWrite(Guard.FENCE);

    assertThat(outcome.lateWrite()).isEqualTo(PausedHolder.REFUSED);
    assertThat(outcome.writers()).containsExactly(outcome.stale(), outcome.successor());
  }

  private Outcome pauseBetweenCheckAndWrite(Guard guard)
      throws IOException, InterruptedException, SQLException, ExecutionException, TimeoutException {
    String uri = zooKeeper.uri("alone-" + guard);
    try (GuardedCounter counter = new GuardedCounter(database, guard);
        Coordinator coordinator = Coordinator.connect(uri)) {
      counter.layOut();
      Process holder = startHolder(uri, guard);
      try (BufferedReader said =
          new BufferedReader(
              new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8))) {
        awaitWord(said, PausedHolder.CHECKED);
        signal(holder, "STOP");

        Optional<LockGrant> next =
            new Locks(coordinator).lock("orders").exclusive().tryAcquire(LIMIT);
        LockGrant successor = next.orElseThrow();
        counter.seal(successor.token());
        counter.write(successor.token());
        holder.getOutputStream().write('\n');
        holder.getOutputStream().flush();
        signal(holder, "CONT");
        String lateWrite = awaitWord(said, PausedHolder.WROTE, PausedHolder.REFUSED);

        successor.ensureHeld();
        List<FencingToken> writers = counter.writers();
        assertThat(successor.token()).isGreaterThan(writers.get(0));
        successor.close();
        return new Outcome(lateWrite, writers.get(0), successor.token(), writers);
      } finally {
        holder.destroyForcibly().waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
      }
    }
  }

  private Process startHolder(String uri, Guard guard) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            PausedHolder.class.getName(),
            uri,
            database.url(),
            database.user(),
            database.password(),
            guard.name())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static void signal(Process process, String signal)
      throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  /** Reads until one of the words comes; the log goes to the same place. */
  private static String awaitWord(BufferedReader said, String... words)
      throws InterruptedException, ExecutionException, TimeoutException {
    List<String> wanted = List.of(words);
    return CompletableFuture.supplyAsync(
            () ->
                said.lines()
                    .filter(wanted::contains)
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("it ended without saying " + wanted)))
        .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
  }
}
