package io.holdfast.chaos.check;

import io.holdfast.chaos.history.Operation;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An instance by what its owner noted; ids are used once. A time that never came is {@link
 * Operation#NEVER}.
 *
 * @param id which
 * @param owner the process that registered it
 * @param sick whether requests to it fail
 * @param there from when the owner knew it registered until it began to take it out, or was last
 *     heard of
 * @param inRotation the same, until it began to drain
 * @param drained when its drain was complete
 * @param left when it was deregistered
 * @param dead when its owner was certainly dead
 */
record InstanceLifetime(
    String id,
    String owner,
    boolean sick,
    Span there,
    Span inRotation,
    long drained,
    long left,
    long dead) {

  /** From when on nobody may name it any more. */
  long forgottenBy(TimeBounds bounds) {
    return Math.min(Span.after(left, bounds.recover()), Span.after(dead, bounds.forget()));
  }

  /** Out of the operations of one service, in the order of their calls. */
  static Collection<InstanceLifetime> of(List<Operation> operations, ProcessLifetimes lifetimes) {
    Map<String, Notes> byId = new TreeMap<>();
    for (Operation each : operations) {
      String id = each.input().getOrDefault("id", "");
      switch (each.action()) {
        case "register" -> byId.put(id, new Notes(each));
        case "drain" -> note(byId, id).drain = each;
        case "deregister" -> note(byId, id).deregister = each;
        default -> {}
      }
    }
    return byId.values().stream()
        .map(notes -> notes.instance(lifetimes))
        .sorted(Comparator.comparing(InstanceLifetime::id))
        .toList();
  }

  private static Notes note(Map<String, Notes> byId, String id) {
    return byId.computeIfAbsent(id, absent -> new Notes(null));
  }

  /** What there is of one instance. */
  private static final class Notes {
    private final @Nullable Operation register;
    private @Nullable Operation drain;
    private @Nullable Operation deregister;

    Notes(@Nullable Operation register) {
      this.register = register;
    }

    InstanceLifetime instance(ProcessLifetimes lifetimes) {
      Operation known =
          Objects.requireNonNull(register != null ? register : drain != null ? drain : deregister);
      String owner = known.process();
      long registered = register == null ? Operation.NEVER : register.end();
      long leaves = Math.min(lifetimes.of(owner).to(), call(deregister));
      boolean complete = drain != null && "true".equals(drain.output().get("complete"));
      return new InstanceLifetime(
          known.asked("id"),
          owner,
          "true".equals(known.input().get("sick")),
          new Span(registered, leaves),
          new Span(registered, Math.min(leaves, call(drain))),
          complete && drain != null ? drain.end() : Operation.NEVER,
          deregister == null ? Operation.NEVER : deregister.end(),
          lifetimes.deadBy(owner));
    }

    private static long call(@Nullable Operation operation) {
      return operation == null ? Operation.NEVER : operation.call();
    }
  }
}
