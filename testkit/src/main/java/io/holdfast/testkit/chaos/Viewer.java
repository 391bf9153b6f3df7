package io.holdfast.testkit.chaos;

import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.ServiceView;
import io.holdfast.testkit.history.Recorder.Invocation;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Notes what a view of the {@link Registrar}s' service shows, whenever that changes. */
final class Viewer implements Workload.Task {

  private static final int PAUSE_MILLIS = 20;

  private final Scene scene;

  Viewer(Scene scene) {
    this.scene = scene;
  }

  /** By looking, as a balancer does: what it would have chosen from is what counts. */
  @Override
  @SuppressWarnings("ReferenceEquality") // the view shows the same object until something changes
  public void run() throws InterruptedException {
    try (ServiceView view = scene.registry().view(Registrar.SERVICE)) {
      ServiceSnapshot noted = ServiceSnapshot.unknown(Registrar.SERVICE);
      while (!scene.over().getAsBoolean()) {
        ServiceSnapshot shown = scene.habits().shown(view.snapshot());
        if (shown != noted) {
          note(shown);
          noted = shown;
        }
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
      scene.recorder().invoke(Registrar.KEY, "closed", Map.of()).ok(Map.of());
    }
  }

  private void note(ServiceSnapshot shown) {
    Map<String, String> said =
        Map.of(
            "revision",
            Long.toString(shown.revision().value()),
            "freshness",
            shown.freshness().name(),
            "shows",
            shown.instances().stream()
                .map(
                    one -> one.id() + ":" + one.instance().status() + (one.isHeld() ? ":held" : ""))
                .collect(Collectors.joining(" ")));
    Invocation see = scene.recorder().invoke(Registrar.KEY, "see", said);
    see.ok(Map.of());
  }
}
