package io.holdfast.registry;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Revision;
import io.holdfast.registry.internal.Waiting;
import io.holdfast.registry.internal.drain.Drain;
import io.holdfast.registry.internal.health.HealthMonitor;
import io.holdfast.registry.internal.publication.Publication;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * An instance that this process keeps registered: desired state, reconciled until {@link #close}.
 *
 * <p>Its futures complete where {@link io.holdfast.spi.Callbacks} run.
 *
 * <p>It is published again on every new session, and restored if another process removes it. If
 * another process registers the same id, the newcomer gets it. This process then logs a warning,
 * and publishes again when the newcomer leaves. Safe for use by many threads.
 */
public final class Registration implements AutoCloseable {

  /** Before the first registration no caller can have meant this one. */
  private static final Revision NOT_YET = new Revision(Long.MAX_VALUE);

  private final Coordinator coordinator;
  private final Publication publication;
  private final RegistryOptions options;
  private final RegistryFormat format;
  private final Optional<HealthMonitor> health;

  /**
   * A registration that does not begin before {@link #start}.
   *
   * @param monitoring makes the health monitor, given the receiver of its verdicts
   */
  Registration(
      Coordinator coordinator,
      Publication publication,
      RegistryOptions options,
      RegistryFormat format,
      Function<Consumer<InstanceStatus>, Optional<HealthMonitor>> monitoring) {
    this.coordinator = coordinator;
    this.publication = publication;
    this.options = options;
    this.format = format;
    this.health = monitoring.apply(this::judged);
  }

  void start() {
    publication.start();
    health.ifPresent(HealthMonitor::start);
  }

  /** A verdict counts unless the application has set DRAINING or OUT_OF_SERVICE. */
  private void judged(InstanceStatus verdict) {
    InstanceStatus now = instance().status();
    if (isForHealthToSay(now) && now != verdict && !publication.isWithdrawing()) {
      publication.update(
          instance ->
              isForHealthToSay(instance.status()) ? instance.withStatus(verdict) : instance);
    }
  }

  private static boolean isForHealthToSay(InstanceStatus status) {
    return switch (status) {
      case STARTING, UP, DOWN -> true;
      case DRAINING, OUT_OF_SERVICE -> false;
    };
  }

  boolean hasKeyOf(Registration other) {
    return publication.key().equals(other.publication.key());
  }

  /** True once it is being closed. */
  boolean isWithdrawing() {
    return publication.isWithdrawing();
  }

  CompletableFuture<Void> withdrawn() {
    return publication.withdrawn();
  }

  /** The present description of the instance; the cluster may be a moment behind. */
  public ServiceInstance instance() {
    return publication.desired();
  }

  /** True if the cluster, as far as is known, holds the present description. */
  public boolean isPublished() {
    return publication.isCurrent();
  }

  /**
   * Completes when the instance is published for the first time.
   *
   * @return fails with {@link IllegalStateException} if the registration is closed before
   */
  public CompletableFuture<Void> published() {
    return told(publication.published());
  }

  /**
   * The registration's epoch in the cluster, to compare with the one that a caller meant. May
   * change, only upwards, when the session is lost or the entry is removed.
   *
   * @return empty before the first publication
   */
  public Optional<Revision> epoch() {
    return publication.epochs().map(Publication.Epochs::current);
  }

  /**
   * Says whether a request was meant for this registration.
   *
   * @param value of the header {@link EpochCheck#HEADER}; empty if there is none
   */
  public EpochCheck.Verdict checkEpoch(Optional<String> value) {
    return publication
        .epochs()
        .map(epochs -> EpochCheck.judge(value, epochs.first(), epochs.current()))
        .orElseGet(() -> EpochCheck.judge(value, NOT_YET, NOT_YET));
  }

  /**
   * Changes the description of the instance in place; the epoch stays. Several changes in a row may
   * be published as one.
   *
   * @param change applied to the present instance, perhaps more than once; must keep service and id
   * @return completes when the change, or a later one, is published; fails with {@link
   *     IllegalStateException} if the registration is closed before
   * @throws IllegalArgumentException if service or id would change
   */
  public CompletableFuture<Void> update(UnaryOperator<ServiceInstance> change) {
    return told(publication.update(change));
  }

  /**
   * {@link #update} of the status alone. Where health is checked, STARTING, UP and DOWN last until
   * the next run of the check; DRAINING and OUT_OF_SERVICE last until the application sets another
   * status.
   */
  public CompletableFuture<Void> updateStatus(InstanceStatus status) {
    return update(instance -> instance.withStatus(status));
  }

  /**
   * Takes the instance out of rotation: makes it {@link InstanceStatus#DRAINING}, and waits until
   * every client that views the service, in whatever process, has passed that change. After a
   * {@link DrainResult#isComplete complete} drain no client that the cluster can reach chooses it;
   * {@link InFlight} can wait for the requests in flight. The instance stays registered until it is
   * closed.
   *
   * <p>A client whose session has ended delays the drain by a session time-out at most.
   *
   * @param bound the time after which it completes in any case, and names the clients that are
   *     behind
   * @return fails with {@link io.holdfast.coordination.UnavailableException} if the cluster did not
   *     take the change within the bound, and with {@link IllegalStateException} if the
   *     registration is closed before. Cancelling it ends the wait; the instance goes on draining
   */
  public CompletableFuture<DrainResult> drain(Duration bound) {
    ServiceInstance mine = instance();
    Drain drain = new Drain(coordinator, format, mine.service(), mine.id(), bound);
    return drain
        .noteViewers()
        .start(publication.update(now -> now.withStatus(InstanceStatus.DRAINING)));
  }

  /**
   * Like {@link #close}, without waiting.
   *
   * @return completes when the instance is gone from the cluster, or when it will go as soon as a
   *     lost session expires; never fails. In that case views are told that it left, and did not
   *     crash, if the coordinator gets another session
   */
  public CompletableFuture<Void> closeAsync() {
    return told(withdraw());
  }

  /**
   * Withdraws the instance. Idempotent. Blocks for at most {@link RegistryOptions#patience}; while
   * the cluster is away it goes on trying in the background, and the entry ends with the session at
   * the latest.
   */
  @Override
  public void close() {
    Waiting.upToUninterrupted(options.patience(), withdraw());
  }

  private <T> CompletableFuture<T> told(CompletableFuture<T> here) {
    return coordinator.context().told(here);
  }

  private CompletableFuture<Void> withdraw() {
    health.ifPresent(HealthMonitor::stop);
    return publication.withdraw();
  }
}
