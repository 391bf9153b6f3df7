package io.holdfast.cli.locks;

import io.holdfast.cli.console.Connection;
import io.holdfast.cli.console.Consent;
import io.holdfast.cli.console.NotFoundException;
import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.Locks;
import io.holdfast.lock.QueuedOwner;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast locks release}. */
@Command(
    name = "release",
    mixinStandardHelpOptions = true,
    description = {
      "Takes a lock away from its holder, or a place in the queue from a waiter.",
      "The victim's process learns that it has lost the lock; what it still writes is refused by"
          + " resources that check fencing tokens, and by no others. Without --yes it only says whom"
          + " it would hit. Exit code 1: they were gone before."
    })
final class ReleaseLock implements Callable<Integer> {

  @Mixin private Connection connection = new Connection();
  @Mixin private Consent consent = new Consent();

  @Parameters(paramLabel = "NAME", description = "the lock")
  private String name = "";

  @Option(
      names = "--place",
      paramLabel = "N",
      defaultValue = "0",
      description = "the position in the queue, as show prints it (default: 0, the holder)")
  private int place;

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      description = "only if that is their token: not somebody who came since you looked")
  private @Nullable String token;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    try (Coordinator coordinator = connection.open()) {
      Locks locks = new Locks(coordinator);
      QueuedOwner victim = victim(connection.await(locks.queue(name)));
      String role = place == 0 ? "held by " : "place " + place + " of ";
      if (!consent.to("release lock '" + name + "', " + role + victim)) {
        return ExitCode.OK;
      }
      if (connection.await(locks.forceRelease(victim, consent.reason()))) {
        say("released");
        return ExitCode.OK;
      }
      say("not released: they were gone before");
      return ExitCode.SOFTWARE;
    }
  }

  private QueuedOwner victim(List<QueuedOwner> queue) {
    if (place < 0) {
      throw new IllegalArgumentException("--place is 0 or more");
    }
    if (place >= queue.size()) {
      throw new NotFoundException(
          "nobody is at place " + place + " of lock '" + name + "': " + queue.size() + " in all");
    }
    QueuedOwner there = queue.get(place);
    if (token != null && !there.token().toString().equals(token)) {
      throw new NotFoundException(
          "place " + place + " of lock '" + name + "' has token " + there.token());
    }
    return there;
  }

  private void say(String line) {
    var out = Objects.requireNonNull(spec, "picocli makes this").commandLine().getOut();
    out.println(line);
    out.flush();
  }
}
