package io.holdfast.chaos.suite.transfer;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What clients were told. A transfer of which nobody heard is in neither set. */
final class ReportedOutcomes {

  private static final String COMMITTED = "committed ";
  private static final String ABORTED = "aborted ";

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

  /** For another process, which {@link #read}s it. */
  static String line(String transfer, boolean isCommitted) {
    return (isCommitted ? COMMITTED : ABORTED) + transfer;
  }

  /** Takes what a client in another process was told; lines of other kinds are nothing. */
  void read(String line) {
    if (line.startsWith(COMMITTED)) {
      committed(line.substring(COMMITTED.length()));
    } else if (line.startsWith(ABORTED)) {
      aborted(line.substring(ABORTED.length()));
    }
  }
}
