package io.holdfast.payment.ledger;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.fence.StaleTokenException;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;

/**
 * A program that does all that a lock by itself allows: acquires, checks that it holds, and writes
 * then. Between the check and the write it waits for a byte, which is where the test stops it.
 */
final class PausedHolder {

  static final Duration SESSION = Duration.ofSeconds(8);
  static final String CHECKED = "CHECKED";
  static final String WROTE = "WROTE";
  static final String REFUSED = "REFUSED";

  private PausedHolder() {}

  /** Arguments: cluster, database, user, password, guard. */
  public static void main(String[] args) throws InterruptedException, IOException, SQLException {
    DatabaseConfig config = DatabaseConfig.of(args[1], args[2], args[3]);
    try (Coordinator coordinator =
            Coordinator.connect(
                args[0], CoordinatorOptions.defaults().withSessionTimeout(SESSION));
        GuardedCounter counter =
            new GuardedCounter(config, GuardedCounter.Guard.valueOf(args[4]))) {
      LockGrant grant = new Locks(coordinator).lock("orders").exclusive().acquire();
      counter.seal(grant.token());
      counter.write(grant.token());
      grant.ensureHeld();
      say(CHECKED);
      if (System.in.read() < 0) {
        return;
      }
      try {
        counter.write(grant.token());
        say(WROTE);
      } catch (StaleTokenException e) {
        say(REFUSED);
      }
    }
  }

  private static void say(String word) {
    System.out.println(word);
    System.out.flush();
  }
}
