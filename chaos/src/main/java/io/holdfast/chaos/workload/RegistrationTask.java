package io.holdfast.chaos.workload;

import io.holdfast.chaos.history.Recorder;
import io.holdfast.chaos.history.Recorder.Invocation;
import io.holdfast.coordination.CoordinationException;
import io.holdfast.registry.DrainResult;
import io.holdfast.registry.Registration;
import io.holdfast.registry.ServiceInstance;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Keeps one instance registered for as long as it lives, and others for a while: these it updates,
 * drains and deregisters. Now and then one is sick: requests to it fail.
 */
final class RegistrationTask implements Workload.Task {

  static final String SERVICE = "fleet";
  static final String KEY = "registry/" + SERVICE;

  /** In the metadata of an instance to which requests fail. */
  static final String SICK = "sick";

  private static final Duration DRAIN = Duration.ofSeconds(8);
  private static final int LONGEST_STAY_MILLIS = 1_200;
  private static final int ONE_OF_SO_MANY_IS_SICK = 3;

  private final WorkloadContext context;
  private final Recorder recorder;
  private final Random random;
  private int count;

  RegistrationTask(WorkloadContext context) {
    this.context = context;
    this.recorder = context.recorder();
    this.random = context.random(KEY);
  }

  @Override
  public void run() throws InterruptedException {
    Optional<Registration> base = Optional.empty();
    while (base.isEmpty() && !context.over().getAsBoolean()) {
      base = register(instance("base"));
    }
    while (!context.over().getAsBoolean()) {
      boolean sick = random.nextInt(ONE_OF_SO_MANY_IS_SICK) == 0;
      String name = Integer.toString(++count);
      Optional<Registration> guest =
          register(sick ? instance(name).withMetadata(SICK, "true") : instance(name));
      if (guest.isPresent()) {
        stay();
        guest.get().update(instance -> instance.withWeight(1 + random.nextInt(100)));
        stay();
        if (random.nextBoolean()) {
          drain(guest.get());
          stay();
        }
        deregister(guest.get());
      }
      stay();
    }
    base.ifPresent(this::deregister);
  }

  private ServiceInstance instance(String name) {
    return ServiceInstance.http(SERVICE, context.process() + "-" + name, "127.0.0.1", 1);
  }

  private void stay() throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(50 + random.nextInt(LONGEST_STAY_MILLIS));
  }

  private Optional<Registration> register(ServiceInstance instance) throws InterruptedException {
    Map<String, String> asked =
        Map.of("id", instance.id(), "sick", instance.metadata(SICK).orElse("false"));
    Invocation register = recorder.invoke(KEY, "register", asked);
    try {
      Registration registration = context.registry().register(instance);
      register.ok(Map.of());
      return Optional.of(registration);
    } catch (CoordinationException e) {
      register.info(e.toString());
      return Optional.empty();
    }
  }

  private void drain(Registration registration) throws InterruptedException {
    Map<String, String> asked = Map.of("id", registration.instance().id());
    Invocation drain = recorder.invoke(KEY, "drain", asked);
    try {
      DrainResult drained = context.behaviour().drain(registration, DRAIN).get();
      drain.ok(Map.of("complete", Boolean.toString(drained.isComplete())));
    } catch (ExecutionException e) {
      drain.info(e.toString());
    }
  }

  private void deregister(Registration registration) {
    Map<String, String> asked = Map.of("id", registration.instance().id());
    Invocation deregister = recorder.invoke(KEY, "deregister", asked);
    context.behaviour().leave(registration).join();
    deregister.ok(Map.of());
  }
}
