package io.holdfast.chaos.transfer;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What clients were told. A transfer of which nobody heard is in neither set. */
final class Told {

  private final Set<String> committed = ConcurrentHashMap.newKeySet();
  private final Set<String> aborted = ConcurrentHashMap.newKeySet();

  void committed(String transfer) {
    committed.add(transfer);
  }

  void aborted(String transfer) {
    aborted.add(transfer);
  }

  Set<String> committed() {
    return committed;
  }

  Set<String> aborted() {
    return aborted;
  }
}
