package io.holdfast.admin;

import io.holdfast.coordination.AccessRefusedException;
import io.holdfast.coordination.CoordinationException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Transaction;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Durations;
import io.holdfast.spi.Finding;
import io.holdfast.spi.Session;
import io.holdfast.spi.Watch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Does what recipes do, once or a few times, and reports the results. */
final class SmokeTest {

  private static final Key DIRECTORY = Key.of("doctor");
  private static final int TIMES = 5;
  private static final Duration SLOW = Duration.ofMillis(100);

  private final Session session;
  private final Duration patience;
  private final Key key;
  private final List<Finding> findings = new ArrayList<>();

  SmokeTest(Session session, Duration patience) {
    this.session = session;
    this.patience = patience;
    this.key = DIRECTORY.child(session.id());
  }

  /** A step that may be refused. */
  private interface Step {
    void run() throws InterruptedException;
  }

  List<Finding> findings() throws InterruptedException {
    CompletableFuture<Void> seen = new CompletableFuture<>();
    Watch watch =
        session.watch(
            DIRECTORY,
            snapshot -> {
              if (snapshot.entries().stream().anyMatch(entry -> entry.key().equals(key))) {
                seen.complete(null);
              }
            });
    try {
      if (!permitted("create", this::write)) {
        return findings;
      }
      permitted("list", this::read);
      permitted("watch", () -> Doctor.get(seen, patience));
      permitted("delete", () -> commit(Transaction.EMPTY.delete(key)));
      findings.add(latency("write", this::write));
      findings.add(latency("linearizable read", this::read));
      commit(Transaction.EMPTY.delete(key));
    } catch (CoordinationException e) {
      findings.add(
          Finding.problem(
              "latency",
              "not found out: " + e.getMessage(),
              "see to it that a majority of the servers answers"));
    } finally {
      watch.close();
    }
    return findings;
  }

  private boolean permitted(String what, Step step) throws InterruptedException {
    String subject = "permission to " + what;
    try {
      step.run();
      findings.add(Finding.ok(subject, "in " + session.nativePath(DIRECTORY)));
      return true;
    } catch (AccessRefusedException e) {
      findings.add(
          Finding.problem(
              subject,
              String.valueOf(e.getMessage()),
              "grant it on the namespace to whom we log in as, or log in as somebody who has it"));
    } catch (CoordinationException e) {
      findings.add(
          Finding.problem(
              subject,
              "not found out: " + e.getMessage(),
              "see to it that a majority of the servers answers"));
    }
    return false;
  }

  private void write() throws InterruptedException {
    commit(Transaction.EMPTY.putForSession(key, Payload.EMPTY));
  }

  private void commit(Transaction transaction) throws InterruptedException {
    Doctor.get(session.commit(transaction), patience);
  }

  private void read() throws InterruptedException {
    Doctor.get(session.list(DIRECTORY, Consistency.LINEARIZABLE), patience);
  }

  private Finding latency(String what, Step step) throws InterruptedException {
    long[] took = new long[TIMES];
    for (int i = 0; i < TIMES; i++) {
      long began = System.nanoTime();
      step.run();
      took[i] = System.nanoTime() - began;
    }
    Arrays.sort(took);
    Duration median = Duration.ofNanos(took[TIMES / 2]);
    String said =
        "%.1f ms in the middle of %d, %.1f ms at worst"
            .formatted(Durations.nanos(median) / 1e6, TIMES, took[TIMES - 1] / 1e6);
    return median.compareTo(SLOW) <= 0
        ? Finding.ok(what, said)
        : Finding.warning(
            what,
            said,
            "look at the servers' disks (every write waits for a sync of a majority), their load,"
                + " and the way from here to them");
  }
}
