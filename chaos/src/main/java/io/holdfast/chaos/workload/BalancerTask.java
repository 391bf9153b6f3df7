package io.holdfast.chaos.workload;

import io.holdfast.chaos.history.Recorder.Invocation;
import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.loadbalancer.Pick;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.ServiceView;
import io.holdfast.spi.Session;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Chooses among the {@link RegistrationTask}s' instances; requests to the sick ones fail. */
final class BalancerTask implements Workload.Task {

  private static final String KEY = "balancer/" + RegistrationTask.SERVICE;
  private static final int PAUSE_MILLIS = 100;

  /**
   * An ejection is promised for a little less than it lasts, since it is counted from elsewhere.
   */
  private static final Map<String, String> ASKED =
      Map.of(
          "failures",
          Integer.toString(ClientBehaviour.FAILURES),
          "ejection",
          Long.toString(ClientBehaviour.EJECTION.toMillis() * 9 / 10));

  private final WorkloadContext context;
  private final AtomicBoolean proving = new AtomicBoolean();

  BalancerTask(WorkloadContext context) {
    this.context = context;
  }

  @Override
  public void run() throws InterruptedException {
    ClientBehaviour behaviour = context.behaviour();
    try (ServiceView view = context.registry().view(RegistrationTask.SERVICE)) {
      LoadBalancer balancer =
          new LoadBalancer(() -> behaviour.chosenFrom(view.snapshot()), behaviour.policy());
      while (!context.over().getAsBoolean()) {
        choose(balancer, view);
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
    }
  }

  private void choose(LoadBalancer balancer, ServiceView view) {
    Invocation choice = context.recorder().invoke(KEY, "pick", ASKED);
    boolean live = isLive(view);
    Optional<Pick> chosen = balancer.pick();
    if (chosen.isEmpty()) {
      choice.fail("nobody to choose");
      return;
    }
    try (Pick pick = chosen.get()) {
      boolean sick = pick.instance().metadata(RegistrationTask.SICK).isPresent();
      if (sick) {
        pick.failure();
      } else {
        pick.success();
      }
      choice.ok(
          Map.of(
              "id",
              pick.instance().id(),
              "epoch",
              pick.epoch().toString(),
              "up",
              Integer.toString(view.snapshot().up().size()),
              "live",
              Boolean.toString(live),
              "outcome",
              sick ? "failure" : "success"));
    }
  }

  /** By the session's clock, and by what the view has heard. */
  private boolean isLive(ServiceView view) {
    Freshness freshness = view.snapshot().freshness();
    boolean inTouch = freshness == Freshness.LIVE || freshness == Freshness.PROTECTED;
    return inTouch && context.coordinator().current().filter(this::isProven).isPresent();
  }

  /** A session that stands in no queue proves its life only if it is asked to. */
  private boolean isProven(Session session) {
    boolean proven = !session.remaining().isZero();
    if (!proven && proving.compareAndSet(false, true)) {
      session.prove().whenComplete((left, failure) -> proving.set(false));
    }
    return proven;
  }
}
