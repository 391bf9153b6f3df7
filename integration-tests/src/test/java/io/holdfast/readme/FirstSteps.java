package io.holdfast.readme;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.loadbalancer.Pick;
import io.holdfast.loadbalancer.Policy;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceView;
import java.time.Duration;

/** The snippet of the README, as a program. {@link ReadmeTest} compares the two and runs it. */
final class FirstSteps {

  private FirstSteps() {}

  static String run(String uri) throws InterruptedException {
    // snippet
    CoordinatorOptions options =
        CoordinatorOptions.defaults().withOwner(Owner.thisProcess("billing"));
    try (Coordinator coordinator = Coordinator.connect(uri, options);
        Registry registry = new Registry(coordinator);
        ServiceView view = registry.view("billing")) {

      try (LockGrant grant = new Locks(coordinator).lock("invoice-7").exclusive().acquire()) {
        FencingToken token = grant.token(); // goes with every write that the lock guards
        grant.ensureHeld(); // a cheap look before a step; the resource itself checks the token
        System.out.println("held under token " + token);
      }

      registry.register(ServiceInstance.http("billing", "billing-1", "10.0.0.7", 8080));
      view.awaitInstances(1, Duration.ofSeconds(10));
      LoadBalancer balancer = new LoadBalancer(view, Policy.leastRequest());
      try (Pick pick = balancer.pick().orElseThrow()) {
        String address = pick.instance().address("http").orElseThrow();
        pick.success(); // or failure(): this is how the balancer learns
        return address;
      }
    }
    // end
  }
}
