package io.holdfast.testkit.chaos;

import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.loadbalancer.Pick;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.ServiceView;
import io.holdfast.spi.Session;
import io.holdfast.testkit.history.Recorder.Invocation;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Chooses among the {@link Registrar}s' instances; requests to the sick ones fail. */
final class Chooser implements Workload.Task {

  private static final String KEY = "balancer/" + Registrar.SERVICE;
  private static final int PAUSE_MILLIS = 100;

  /**
   * An ejection is promised for a little less than it lasts, since it is counted from elsewhere.
   */
  private static final Map<String, String> ASKED =
      Map.of(
          "failures",
          Integer.toString(Habits.FAILURES),
          "ejection",
          Long.toString(Habits.EJECTION.toMillis() * 9 / 10));

  private final Scene scene;
  private final AtomicBoolean proving = new AtomicBoolean();

  Chooser(Scene scene) {
    this.scene = scene;
  }

  @Override
  public void run() throws InterruptedException {
    Habits habits = scene.habits();
    try (ServiceView view = scene.registry().view(Registrar.SERVICE)) {
      LoadBalancer balancer =
          new LoadBalancer(() -> habits.chosenFrom(view.snapshot()), habits.policy());
      while (!scene.over().getAsBoolean()) {
        choose(balancer, view);
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
    }
  }

  private void choose(LoadBalancer balancer, ServiceView view) {
    Invocation choice = scene.recorder().invoke(KEY, "pick", ASKED);
    boolean live = isLive(view);
    Optional<Pick> chosen = balancer.pick();
    if (chosen.isEmpty()) {
      choice.fail("nobody to choose");
      return;
    }
    try (Pick pick = chosen.get()) {
      boolean sick = pick.instance().metadata(Registrar.SICK).isPresent();
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
    return inTouch && scene.coordinator().current().filter(this::isProven).isPresent();
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
