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
 * @param revision the change that said so
 * @param behind those whose view may still offer the instance: the bound passed before they said
 *     that it does not. Empty if the drain is complete
 * @param departed those whose session ended before they had said so, and did not come back within a
 *     session time-out: dead, or cut off from the cluster. One that is cut off and alive may go on
 *     choosing from what it saw last
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
   * @param owner which one
   * @param session its session
   * @param shows what its view showed when it last spoke of it; it may have moved on since, without
   *     a word, by changes that drain nothing
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
   * True if no view of a client that is connected to the cluster offers the instance any more: no
   * choice from now on falls on it. A choice that had begun before may still end in it.
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
