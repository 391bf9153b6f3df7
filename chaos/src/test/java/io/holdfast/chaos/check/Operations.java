package io.holdfast.chaos.check;

import io.holdfast.chaos.history.Operation;
import java.util.Map;

/** Short words for operations in tests. */
final class Operations {

  private Operations() {}

  static Operation write(String id, String token, String expected, String value, long... times) {
    return register(id, "write", times, "token", token, "expected", expected, "value", value);
  }

  static Operation seal(String id, String token, String value, long... times) {
    Operation seal = register(id, "seal", times, "token", token);
    return answered(seal, Map.of("accepted", "true", "value", value));
  }

  static Operation read(String id, String value, long... times) {
    return answered(register(id, "read", times), Map.of("value", value));
  }

  static Operation refused(Operation operation) {
    return answered(operation, Map.of("accepted", "false"));
  }

  static Operation accepted(Operation operation) {
    return answered(operation, Map.of("accepted", "true"));
  }

  static Operation acquire(String hold, String claims, String tokens, long... times) {
    return answered(
        lock(hold, "acquire", Map.of("hold", hold, "claims", claims), times), "tokens", tokens);
  }

  static Operation check(String hold, long... times) {
    return lock(hold, "check", Map.of("hold", hold), times);
  }

  static Operation release(String hold, long... times) {
    return lock(hold, "release", Map.of("hold", hold), times);
  }

  private static Operation lock(
      String hold, String action, Map<String, String> input, long[] times) {
    return operation(hold + action, "lock/a", action, input, times);
  }

  private static Operation register(String id, String action, long[] times, String... input) {
    Map<String, String> asked =
        switch (input.length) {
          case 0 -> Map.of();
          case 2 -> Map.of(input[0], input[1]);
          default -> Map.of(input[0], input[1], input[2], input[3], input[4], input[5]);
        };
    return operation(id, "register/a", action, asked, times);
  }

  /** The same, if it never had returned. */
  static Operation unreturned(Operation operation) {
    return new Operation(
        operation.id(),
        operation.process(),
        operation.key(),
        operation.action(),
        operation.input(),
        Map.of(),
        operation.call(),
        Operation.NEVER);
  }

  /** With one time it never returns. */
  private static Operation operation(
      String id, String key, String action, Map<String, String> input, long[] times) {
    long end = times.length == 1 ? Operation.NEVER : times[1];
    return new Operation(id, "p", key, action, input, Map.of(), times[0], end);
  }

  private static Operation answered(Operation operation, String name, String value) {
    return answered(operation, Map.of(name, value));
  }

  private static Operation answered(Operation operation, Map<String, String> output) {
    return new Operation(
        operation.id(),
        operation.process(),
        operation.key(),
        operation.action(),
        operation.input(),
        output,
        operation.call(),
        operation.end());
  }
}
