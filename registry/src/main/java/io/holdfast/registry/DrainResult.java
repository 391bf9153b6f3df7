package io.holdfast.registry;

import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Revision;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How a drain ended.
 *
 * @param service the service
 * @param id the instance that is draining
 * @param revision the revision of the change to DRAINING
 * @param behind the clients whose view may still offer the instance: they did not acknowledge
 *     before the bound passed. Empty if the drain is complete
 * @param departed the clients whose session ended before they acknowledged, and that did not come
 *     back within a session time-out: dead, or cut off from the cluster. A client that is alive but
 *     cut off may still choose from its last snapshot
 * @param took how long it took
 */
public record DrainResult(
    String service,
    String id,
    Revision revision,
    List<Client> behind,
    List<Client> departed,
    Duration took) {

  /**
   * A process that views the service.
   *
   * @param owner the process
   * @param session its session
   * @param shows the revision that its view showed when the client last reported it. The view may
   *     be newer: changes that drain nothing are not reported
   */
  public record Client(Owner owner, String session, Revision shows) {
    @Override
    public String toString() {
      return "%s (host %s, pid %d, session %s, at %s)"
          .formatted(owner.name(), owner.host(), owner.pid(), session, shows);
    }
  }

  public DrainResult {
    behind = List.copyOf(behind);
    departed = List.copyOf(departed);
  }

  /**
   * True if no view of a client that is connected to the cluster offers the instance any more: they
   * do not choose it from now on. A choice that began earlier may still select it.
   */
  public boolean isComplete() {
    return behind.isEmpty();
  }

  @Override
  public String toString() {
    String how = isComplete() ? "drained" : "not drained; behind: " + list(behind);
    return "%s/%s %s after %d ms at %s%s"
        .formatted(
            service,
            id,
            how,
            Durations.millis(took),
            revision,
            departed.isEmpty() ? "" : "; departed: " + list(departed));
  }

  private static String list(List<Client> clients) {
    return clients.stream().map(Client::toString).collect(Collectors.joining(", "));
  }
}
