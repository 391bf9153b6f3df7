package io.holdfast.cli;

import io.holdfast.cli.Listing.Row;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Owner;
import io.holdfast.lock.Locks;
import io.holdfast.lock.QueuedOwner;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast locks}. */
@Command(
    name = "locks",
    description = "Who holds which lock, and who waits for it.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "(list | show)")
final class LocksCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    if (spec != null) {
      throw new ParameterException(spec.commandLine(), "list or show?");
    }
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = {
        "Lists the locks that are held.",
        "JSON: name, holder, host, pid, session, token, since, age_ms, waiters, path."
      })
  void list(
      @Mixin Connection connection,
      @Mixin Listing listing,
      @Parameters(
              arity = "0..1",
              paramLabel = "PREFIX",
              defaultValue = "",
              description = "only names that begin so")
          String prefix) {
    List<Row> rows = new ArrayList<>();
    try (Coordinator coordinator = connection.open()) {
      Locks locks = new Locks(coordinator);
      for (String name : connection.await(locks.names())) {
        if (name.startsWith(prefix)) {
          List<QueuedOwner> queue = connection.await(locks.queue(name));
          if (!queue.isEmpty()) {
            rows.add(held(name, queue, connection.await(locks.nativePath(name))));
          }
        }
      }
    }
    print(listing, rows, "no lock is held");
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = {
        "Shows a lock's queue, the holder first.",
        "JSON: position, owner, host, pid, session, mode, token, since, age_ms, path."
      })
  void show(
      @Mixin Connection connection,
      @Mixin Listing listing,
      @Parameters(paramLabel = "NAME", description = "the lock") String name) {
    List<QueuedOwner> queue;
    try (Coordinator coordinator = connection.open()) {
      queue = connection.await(new Locks(coordinator).queue(name));
    }
    if (queue.isEmpty()) {
      throw new NotFoundException("nobody holds lock '" + name + "' or waits for it");
    }
    print(listing, queue.stream().map(LocksCommand::queued).toList(), "");
  }

  private void print(Listing listing, List<Row> rows, String nothing) {
    if (spec != null) {
      listing.print(spec.commandLine().getOut(), rows, nothing);
    }
  }

  private static Row held(String name, List<QueuedOwner> queue, String path) {
    QueuedOwner holder = queue.get(0);
    Row row = new Row().with("name", name);
    owner(row, "holder", holder.owner());
    return row.field("session", holder.session().orElse(null))
        .with("token", holder.token().toString())
        .with("waiters", queue.size() - 1)
        .with("path", path);
  }

  private static Row queued(QueuedOwner queued) {
    Row row = new Row().with("position", queued.position());
    owner(row, "owner", queued.owner());
    return row.with("session", queued.session().orElse(null))
        .with("mode", queued.mode())
        .with("token", queued.token().toString())
        .with("path", queued.nativePath());
  }

  private static void owner(Row row, String column, Optional<Owner> owner) {
    Optional<Duration> age = owner.map(who -> Duration.between(who.since(), Instant.now()));
    row.with(column, owner.map(Owner::name).orElse(null))
        .with("host", owner.map(Owner::host).orElse(null))
        .with("pid", owner.map(Owner::pid).orElse(null))
        .shown("age", age.map(Listing::age).orElse(null))
        .field("since", owner.map(who -> who.since().toString()).orElse(null))
        .field("age_ms", age.map(Duration::toMillis).orElse(null));
  }
}
