package io.holdfast.chaos.workload;

import java.util.HashMap;
import java.util.Map;

/** Values behind fences, by name. Open to be extended by tests, with fences that do not hold. */
class GuardedValues {

  /** Guarded by this. */
  private final Map<String, Register> registers = new HashMap<>();

  /** Guarded by this. */
  private long refused;

  private record Register(String fence, String value) {}

  /**
   * What came of a request.
   *
   * @param accepted whether the fence let it pass
   * @param value what is there after it
   */
  record Answer(boolean accepted, String value) {}

  /** Whether a token passes. */
  boolean admits(String fence, String token) {
    return fence.compareTo(token) <= 0;
  }

  /** The fence after a token was shown that passes. */
  String sealedBy(String fence, String token) {
    return token;
  }

  final synchronized Answer seal(String name, String token) {
    Register before = registers.getOrDefault(name, new Register("", "0"));
    boolean accepted = admits(before.fence(), token);
    if (accepted) {
      registers.put(name, new Register(sealedBy(before.fence(), token), before.value()));
    } else {
      refused++;
    }
    return new Answer(accepted, before.value());
  }

  final synchronized Answer write(String name, String token, String value) {
    Register before = registers.getOrDefault(name, new Register("", "0"));
    boolean accepted = admits(before.fence(), token);
    if (accepted) {
      registers.put(name, new Register(sealedBy(before.fence(), token), value));
    } else {
      refused++;
    }
    return new Answer(accepted, accepted ? value : before.value());
  }

  /** How many requests did not pass. */
  final synchronized long refused() {
    return refused;
  }

  final synchronized String read(String name) {
    return registers.getOrDefault(name, new Register("", "0")).value();
  }
}
