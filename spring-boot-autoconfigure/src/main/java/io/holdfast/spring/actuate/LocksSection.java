package io.holdfast.spring.actuate;

import io.holdfast.admin.LockQueues;
import io.holdfast.admin.QueueMember;
import io.holdfast.coordination.Coordinator;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The names of the locks; and who holds and waits for one. */
final class LocksSection implements EndpointSection {

  /** Enough for people; the command line has all. */
  private static final int MOST = 500;

  private final Coordinator coordinator;
  private final LockQueues queues;

  LocksSection(Coordinator coordinator) {
    this.coordinator = coordinator;
    this.queues = new LockQueues(coordinator);
  }

  @Override
  public String name() {
    return "locks";
  }

  /** A lock's name may have slashes. */
  @Override
  public Optional<Object> read(List<String> path) {
    return Optional.of(path.isEmpty() ? names() : queue(String.join("/", path)));
  }

  private Map<String, Object> names() {
    List<String> all = Answers.within(coordinator.options().requestTimeout(), queues.names());
    return Map.of("count", all.size(), "names", all.stream().limit(MOST).toList());
  }

  private Map<String, Object> queue(String name) {
    List<QueueMember> all =
        Answers.within(coordinator.options().requestTimeout(), queues.queue(name));
    return Map.of(
        "name",
        name,
        "length",
        all.size(),
        "queue",
        all.stream().limit(MOST).map(this::of).toList());
  }

  private Map<String, Object> of(QueueMember member) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("role", member.role().name());
    shown.put("token", member.token().toString());
    member
        .owner()
        .ifPresent(
            owner -> {
              shown.put("owner", owner.name());
              shown.put("host", owner.host());
              shown.put("pid", owner.pid());
            });
    member.purpose().ifPresent(purpose -> shown.put("purpose", purpose));
    member.traceId().ifPresent(trace -> shown.put("traceId", trace));
    member.age(Instant.now()).ifPresent(age -> shown.put("age", age.toString()));
    return shown;
  }
}
