package samples;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.loadbalancer.Pick;
import io.holdfast.loadbalancer.Policy;
import io.holdfast.registry.DrainResult;
import io.holdfast.registry.InFlight;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceView;
import java.time.Duration;
import java.util.Optional;

/**
 * An instance that others find, and that leaves without a failed request: it drains, finishes what
 * it has begun, and only then goes. The other half is a client that chooses among the instances.
 */
public final class BillingService implements AutoCloseable {

  private static final Duration LEAVE_WITHIN = Duration.ofSeconds(20);

  private final Coordinator coordinator;
  private final Registry registry;
  private final Registration registration;
  private final InFlight requests = new InFlight();

  /** Registers this process. */
  public BillingService(String cluster, String id, int port) throws InterruptedException {
    CoordinatorOptions options =
        CoordinatorOptions.defaults().withOwner(Owner.thisProcess("billing"));
    coordinator = Coordinator.connect(cluster, options);
    registry = new Registry(coordinator);
    registration = registry.register(ServiceInstance.http("billing", id, "127.0.0.1", port));
  }

  /** What an HTTP handler would do: it is counted while it runs. */
  public String handle(String request) {
    try (InFlight.Request ignored = requests.begin()) {
      return "settled " + request;
    }
  }

  /** To be called when the process is asked to end, before its port is closed. */
  public DrainResult leave() throws InterruptedException {
    DrainResult drained = registration.drain(LEAVE_WITHIN).join();
    requests.awaitIdle(LEAVE_WITHIN);
    return drained;
  }

  @Override
  public void close() {
    registration.close();
    registry.close();
    coordinator.close();
  }

  /** Who calls it. One for all calls: it learns from each, and knows the service in an outage. */
  public static final class Client implements AutoCloseable {

    private final ServiceView billing;
    private final LoadBalancer balancer;

    /** Watches the service. */
    public Client(Registry registry) {
      billing = registry.view("billing");
      balancer = new LoadBalancer(billing, Policy.leastRequest());
    }

    /** Waits, at start-up, until somebody is there. */
    public boolean awaitService() throws InterruptedException {
      return billing.awaitInstances(1, Duration.ofSeconds(10)).isPresent();
    }

    /** Gives the address that it would call; empty if there is no instance to choose. */
    public Optional<String> call() {
      return balancer.pick().map(Client::call);
    }

    private static String call(Pick pick) {
      try (pick) {
        String address = pick.instance().address("http").orElseThrow();
        pick.success(); // or failure(): this is how the balancer learns
        return address;
      }
    }

    @Override
    public void close() {
      billing.close();
    }
  }
}
