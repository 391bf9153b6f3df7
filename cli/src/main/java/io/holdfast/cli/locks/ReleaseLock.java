package io.holdfast.cli.locks;

import io.holdfast.admin.LockQueues;
import io.holdfast.admin.QueueMember;
import io.holdfast.admin.QueueMember.Role;
import io.holdfast.cli.console.ClusterConnection;
import io.holdfast.cli.console.Confirmation;
import io.holdfast.cli.console.NotFoundException;
import io.holdfast.cli.console.Output;
import io.holdfast.coordination.Coordinator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast locks release}. */
@Command(
    name = "release",
    mixinStandardHelpOptions = true,
    description = {
      "Takes a lock away from its holder, or a place in the queue from a waiter.",
      "The holder's process learns that it has lost the lock. Only resources that check fencing tokens"
          + " refuse its later writes. A waiter's call fails at once, with your name and the reason;"
          + " so do the calls of all threads in its process that share its place.",
      "Without --yes it only says which one it would remove. Exit code 1: that one had gone already."
    })
final class ReleaseLock implements Callable<Integer> {

  @Mixin private ClusterConnection connection = new ClusterConnection();
  @Mixin private Confirmation confirmation = new Confirmation();

  @Parameters(paramLabel = "NAME", description = "the lock")
  private String name = "";

  @Option(
      names = "--place",
      paramLabel = "N",
      description = "the position in the queue, as show prints it (default: the first holder's)")
  private @Nullable Integer place;

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      description = "only if the place has this token, not a newer one")
  private @Nullable String token;

  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    try (Coordinator coordinator = connection.open()) {
      LockQueues locks = new LockQueues(coordinator);
      QueueMember victim = victim(connection.await(locks.queue(name)));
      if (!confirmation.given(action(victim))) {
        return ExitCode.OK;
      }
      if (connection.await(locks.forceRelease(victim, confirmation.reason()))) {
        output.line("released");
        return ExitCode.OK;
      }
      output.line("not released: it had gone already");
      return ExitCode.SOFTWARE;
    }
  }

  private String action(QueueMember victim) {
    return switch (victim.role()) {
      case HOLDER -> "release lock '" + name + "', held by " + victim;
      case WAITER -> "release lock '" + name + "', place " + victim.position() + " of " + victim;
      case STRAY ->
          "remove "
              + victim.nativePath()
              + ", which belongs to no session, from the queue of lock '"
              + name
              + "'";
    };
  }

  private QueueMember victim(List<QueueMember> queue) {
    QueueMember there = place == null ? holder(queue) : at(place, queue);
    if (token != null && !there.token().toString().equals(token)) {
      throw new NotFoundException(
          "place " + there.position() + " of lock '" + name + "' has token " + there.token());
    }
    return there;
  }

  private QueueMember holder(List<QueueMember> queue) {
    String inTheWay =
        queue.stream()
            .filter(each -> each.role() == Role.STRAY)
            .map(
                each ->
                    "; at place " + each.position() + " is " + each.nativePath() + ", a stray one")
            .collect(Collectors.joining());
    return queue.stream()
        .filter(each -> each.role() == Role.HOLDER)
        .findFirst()
        .orElseThrow(() -> new NotFoundException("nobody holds lock '" + name + "'" + inTheWay));
  }

  private QueueMember at(int position, List<QueueMember> queue) {
    if (position < 0) {
      throw new IllegalArgumentException("--place is 0 or more");
    }
    if (position >= queue.size()) {
      throw new NotFoundException(
          "nobody is at place %d of lock '%s': %d in all".formatted(position, name, queue.size()));
    }
    return queue.get(position);
  }
}
