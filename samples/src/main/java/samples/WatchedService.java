package samples;

import io.holdfast.coordination.CoordinationEvent.SessionChanged;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.metrics.HoldfastMetrics;
import io.holdfast.metrics.RegistryMetrics;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceView;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Metrics, and what a process does in an outage: it goes on reading what it knows, says how old
 * that is, and stops what it does under a lock as soon as it cannot prove that it holds it.
 */
public final class WatchedService implements AutoCloseable {

  private final Coordinator coordinator;
  private final Registry registry;
  private final ServiceView billing;
  private final HoldfastMetrics locksAndSessions;
  private final RegistryMetrics views;

  /** Connects; returns when there is a session. */
  public WatchedService(String cluster, Duration sessionTimeout, MeterRegistry meters) {
    CoordinatorOptions options =
        CoordinatorOptions.defaults()
            .withOwner(Owner.thisProcess("watched"))
            .withSessionTimeout(sessionTimeout);
    coordinator = Coordinator.connect(cluster, options);
    registry = new Registry(coordinator);
    billing = registry.view("billing");
    locksAndSessions = HoldfastMetrics.of(coordinator);
    locksAndSessions.bindTo(meters);
    views = RegistryMetrics.of(registry);
    views.bindTo(meters);
  }

  /**
   * Calls {@code told} with each change of the session: SUSPENDED when no answer comes, LOST when
   * it is over, ACTIVE when all is well again. The log has it too.
   */
  public Runnable onSession(Consumer<String> told) {
    return coordinator.listen(
        event -> {
          if (event instanceof SessionChanged changed) {
            told.accept(changed.state().name());
          }
        });
  }

  /** Works under a lock, step by step, until it is lost or {@code steps} are done. */
  public int work(int steps, Duration pause) throws InterruptedException {
    int done = 0;
    try (LockGrant grant = new Locks(coordinator).lock("ledger").exclusive().acquire()) {
      while (done < steps && grant.isHeld()) {
        done++; // each step's write carries grant.token(): see NightlyJob
        Thread.sleep(pause.toMillis()); // stands for the work of the step
      }
    }
    return done;
  }

  /** For a health page: how many instances are known, and how old the news is. */
  public String knowledge() {
    String age = billing.age().map(news -> news.toSeconds() + " s old").orElse("not heard yet");
    return billing.snapshot().instances().size() + " instances, " + age;
  }

  @Override
  public void close() {
    views.close();
    locksAndSessions.close();
    billing.close();
    registry.close();
    coordinator.close();
  }
}
