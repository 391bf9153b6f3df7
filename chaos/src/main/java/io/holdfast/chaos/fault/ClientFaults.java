package io.holdfast.chaos.fault;

import io.holdfast.chaos.fault.Fault.Lasts;
import io.holdfast.chaos.fault.Fault.Leaves;
import io.holdfast.testkit.network.Link;
import io.holdfast.testkit.network.Link.Direction;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** A client, rather one that holds something, dies, freezes, or is cut off. */
final class ClientFaults {

  private static final Duration DELAY = Duration.ofMillis(150);

  private ClientFaults() {}

  static List<Fault> all() {
    return List.of(
        fault("client-killed", Lasts.BRIEFLY, Set.of(), ClientFaults::kill),
        fault("client-paused", Lasts.FAR_BEYOND_A_SESSION, Set.of(), ClientFaults::pause),
        fault("client-paused-briefly", Lasts.BRIEFLY, Set.of(), ClientFaults::pause),
        cut("client-cut-off", Set.of(Direction.values())),
        cut("client-unheard", Set.of(Direction.REQUESTS)),
        cut("client-deaf", Set.of(Direction.REPLIES)),
        fault(
            "client-delayed",
            Lasts.BEYOND_A_SESSION,
            Set.of(Capability.DELAY_CLIENTS),
            ClientFaults::delay),
        fault("client-reset", Lasts.BRIEFLY, Set.of(Capability.RESET_CLIENTS), ClientFaults::reset),
        fault(
            "session-ended",
            Lasts.BRIEFLY,
            Set.of(Capability.END_SESSIONS),
            ClientFaults::endSession),
        new Fault(
            "names-moved",
            Set.of(Capability.MOVE_NAMES),
            Leaves.NOTHING,
            Lasts.BEYOND_A_SESSION,
            target -> target.cluster().moveNames()),
        fault(
            "clock-stepped",
            Lasts.BRIEFLY,
            Set.of(Capability.STEP_CLOCKS),
            target -> {
              throw new UnsupportedOperationException("no clock to step");
            }));
  }

  private static Fault fault(
      String name, Lasts lasts, Set<Capability> needs, Function<Target, ActiveFault> inject) {
    return new Fault(name, needs, Leaves.A_QUORUM, lasts, inject);
  }

  private static ActiveFault kill(Target target) {
    Client client = target.holder().get();
    client.kill();
    return new ActiveFault("killed " + client.name(), () -> !client.isAlive(), client::start);
  }

  private static ActiveFault pause(Target target) {
    Client client = target.holder().get();
    client.pause();
    return new ActiveFault("paused " + client.name(), client::isPaused, client::resume);
  }

  private static Fault cut(String name, Set<Direction> ways) {
    return fault(
        name,
        Lasts.BEYOND_A_SESSION,
        Set.of(Capability.CUT_CLIENTS),
        target -> {
          Client client = target.holder().get();
          List<Link> links = target.cluster().links(client.name());
          links.forEach(link -> ways.forEach(link::cut));
          return ActiveFault.of(links, "cut " + client.name() + " off: " + ways);
        });
  }

  private static ActiveFault delay(Target target) {
    Client client = target.holder().get();
    List<Link> links = target.cluster().links(client.name());
    links.forEach(link -> link.delay(DELAY));
    return ActiveFault.of(links, "delayed " + client.name() + " by " + DELAY + " each way");
  }

  private static ActiveFault reset(Target target) {
    Client client = target.holder().get();
    List<Link> links = target.cluster().links(client.name());
    links.forEach(Link::reset);
    return new ActiveFault(
        "reset the connections of " + client.name(),
        () -> links.stream().anyMatch(link -> link.broken() > 0),
        () -> links.forEach(Link::heal));
  }

  /** By the store, with no fault of the client's or its network's. */
  private static ActiveFault endSession(Target target) {
    Client client = target.holder().get();
    StoreAdmin storeAdmin = target.cluster().storeAdmin();
    long from = System.nanoTime();
    List<String> ended = storeAdmin.endSessions(target.namespace(), client.name() + ".");
    long to = System.nanoTime() + RevokedSession.TO_HEAR.toNanos();
    return new ActiveFault(
        "ended session " + ended + " of " + client.name(),
        () ->
            !ended.isEmpty()
                && Collections.disjoint(storeAdmin.sessions(target.namespace()).keySet(), ended),
        () -> {},
        () -> List.of(new RevokedSession(client.name(), from, to)));
  }
}
