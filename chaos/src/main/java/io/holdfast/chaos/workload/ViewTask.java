package io.holdfast.chaos.workload;

import io.holdfast.chaos.history.Recorder.Invocation;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.ServiceView;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Notes what a view of the {@link RegistrationTask}s' service shows, whenever that changes. */
final class ViewTask implements Workload.Task {

  private static final int PAUSE_MILLIS = 20;

  private final WorkloadContext context;

  ViewTask(WorkloadContext context) {
    this.context = context;
  }

  /** By looking, as a balancer does: what it would have chosen from is what counts. */
  @Override
  @SuppressWarnings("ReferenceEquality") // the view shows the same object until something changes
  public void run() throws InterruptedException {
    try (ServiceView view = context.registry().view(RegistrationTask.SERVICE)) {
      ServiceSnapshot noted = ServiceSnapshot.unknown(RegistrationTask.SERVICE);
      while (!context.over().getAsBoolean()) {
        ServiceSnapshot shown = context.behaviour().shown(view.snapshot());
        if (shown != noted) {
          note(shown);
          noted = shown;
        }
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
      context.recorder().invoke(RegistrationTask.KEY, "closed", Map.of()).ok(Map.of());
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
    Invocation see = context.recorder().invoke(RegistrationTask.KEY, "see", said);
    see.ok(Map.of());
  }
}
