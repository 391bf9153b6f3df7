package io.holdfast.chaos.fault;

import java.util.List;
import java.util.stream.Stream;

/** The faults there are. Each says for itself what it is. */
public final class FaultCatalog {

  private FaultCatalog() {}

  /** All of them. */
  public static List<Fault> all() {
    return Stream.of(ServerFaults.all(), NetworkFaults.all(), ClientFaults.all(), StoreFaults.all())
        .flatMap(List::stream)
        .toList();
  }

  /**
   * A restore from a backup after which nobody raises the generation. Not among {@link #all}: it
   * breaks what locks promise, and is there to see that this is noticed.
   */
  public static Fault restoreWithoutRaise() {
    return StoreFaults.restoreWithoutRaise();
  }

  /**
   * The one of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Fault named(String name) {
    return all().stream()
        .filter(fault -> fault.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("no fault '" + name + "'; there are " + all()));
  }
}
