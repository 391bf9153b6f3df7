package io.holdfast.transaction;

import io.holdfast.coordination.Payload;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A decision as it stands in the store: {@code commit 0=accounts 1=ledger trace=4bf92f}, or {@code
 * abort} and why. There need not be a trace.
 *
 * @param commit or abort
 * @param branches the participants of the branches to commit, by index
 * @param note why it was aborted; of a commit the trace that it belongs to, or nothing
 */
record Decision(boolean commit, Map<Integer, String> branches, String note) {

  private static final String COMMIT = "commit";
  private static final String ABORT = "abort";
  private static final String TRACE = "trace=";
  private static final int LONGEST_TRACE = 64;

  Decision {
    branches = Collections.unmodifiableMap(new LinkedHashMap<>(branches));
  }

  static Decision toCommit(Map<Integer, String> branches) {
    return toCommit(branches, Optional.empty());
  }

  /** {@code trace} is cut and cleaned, so that nothing in it is taken for anything else. */
  static Decision toCommit(Map<Integer, String> branches, Optional<String> trace) {
    String clean = trace.map(text -> text.replaceAll("[^0-9A-Za-z._:/-]", "_")).orElse("");
    return new Decision(
        true, branches, clean.substring(0, Math.min(LONGEST_TRACE, clean.length())));
  }

  static Decision toAbort(String note) {
    return new Decision(false, Map.of(), note);
  }

  Payload encode() {
    if (!commit) {
      return Payload.utf8(ABORT + " " + note);
    }
    List<String> parts = new ArrayList<>(List.of(COMMIT));
    branches.forEach((index, participant) -> parts.add(index + "=" + participant));
    if (!note.isEmpty()) {
      parts.add(TRACE + note);
    }
    return Payload.utf8(String.join(" ", parts));
  }

  /** Empty if it cannot be read: a later version wrote it, or it is damaged. Then do nothing. */
  static Optional<Decision> decode(Payload payload) {
    String text = payload.text();
    if (text.startsWith(ABORT + " ")) {
      return Optional.of(toAbort(text.substring(ABORT.length() + 1)));
    }
    if (text.equals(COMMIT)) {
      // The branch that decides is all there is to commit: the others have changed nothing.
      return Optional.of(toCommit(Map.of()));
    }
    if (!text.startsWith(COMMIT + " ")) {
      return Optional.empty();
    }
    Map<Integer, String> branches = new LinkedHashMap<>();
    String trace = "";
    for (String part : text.substring(COMMIT.length() + 1).split(" ", -1)) {
      if (part.startsWith(TRACE)) {
        trace = part.substring(TRACE.length());
        continue;
      }
      int equals = part.indexOf('=');
      if (equals < 1 || !part.substring(0, equals).matches("[0-9]{1,3}")) {
        return Optional.empty();
      }
      branches.put(Integer.parseInt(part.substring(0, equals)), part.substring(equals + 1));
    }
    return Optional.of(toCommit(branches, Optional.of(trace)));
  }
}
