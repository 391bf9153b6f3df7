package io.holdfast.cli.config;

import io.holdfast.cli.console.ChangeQueue;
import io.holdfast.cli.console.Listing;
import io.holdfast.cli.console.Listing.Row;
import io.holdfast.cli.console.Teardown;
import io.holdfast.config.ConfigChange;
import io.holdfast.config.ConfigSnapshot;
import io.holdfast.config.ConfigStore;
import io.holdfast.config.ConfigValue;
import io.holdfast.config.ConfigVersion;
import io.holdfast.config.ConfigView;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code holdfast config watch}. */
@Command(
    name = "watch",
    mixinStandardHelpOptions = true,
    description = {
      "Prints the settings of a group, and then every change with before and after, until Ctrl-C.",
      "Changes in quick succession may be printed as one.",
      "JSON, an object a line: at, setting, before_version, before, version, value, by, reason,"
          + " freshness. Values of secrets are null."
    })
final class WatchGroup implements Callable<Integer> {

  @Mixin private ConfigAccess access = new ConfigAccess();
  @Mixin private Listing listing = new Listing();
  @Mixin private ChangeQueue.Limit limit = new ChangeQueue.Limit();

  @Parameters(paramLabel = "GROUP", description = "the group")
  private String group = "";

  /** What has been shown last. Guarded by this. */
  private ConfigSnapshot latest = ConfigSnapshot.unknown("none");

  private record One(
      String name,
      @Nullable ConfigVersion before,
      @Nullable ConfigVersion after,
      ConfigSnapshot now) {}

  @Override
  public Integer call() throws InterruptedException {
    limit.check();
    ChangeQueue<One> changes = new ChangeQueue<>();
    try (Teardown teardown = new Teardown()) {
      ConfigStore store = access.store(teardown.add(access.connection().open()));
      ConfigView view = teardown.add(store.view(group));
      latest = ConfigSnapshot.unknown(group);
      view.onChange(change -> show(change.after(), changes));
      show(view.snapshot(), changes);
      changes.forEach(limit, listing.output(), this::print);
      return ExitCode.OK;
    }
  }

  /** What the view showed before it was listened to comes from another thread, perhaps later. */
  private synchronized void show(ConfigSnapshot now, ChangeQueue<One> changes) {
    if (now.revision().compareTo(latest.revision()) < 0) {
      return;
    }
    ConfigChange change = new ConfigChange(latest, now);
    latest = now;
    for (String name : change.changed()) {
      changes.add(
          new One(
              name,
              change.before().settings().get(name),
              change.after().settings().get(name),
              change.after()));
    }
  }

  private void print(One change) {
    Instant at = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    ConfigVersion before = change.before();
    ConfigVersion after = change.after();
    Row row =
        new Row()
            .field("at", at.toString())
            .field("setting", group + "/" + change.name())
            .field("before_version", before == null ? null : before.version())
            .field("before", plain(before))
            .field("version", after == null ? null : after.version())
            .field("value", plain(after))
            .field("by", after == null ? null : after.by().name())
            .field("reason", after == null ? null : after.reason())
            .field("freshness", change.now().freshness().name().toLowerCase(Locale.ROOT));
    listing.printLine(
        row,
        "%s  %s/%s  %s -> %s".formatted(at, group, change.name(), shown(before), shown(after)));
  }

  private static @Nullable String plain(@Nullable ConfigVersion version) {
    return value(version).filter(value -> !value.isSecret()).map(ConfigValue::text).orElse(null);
  }

  private static String shown(@Nullable ConfigVersion version) {
    return value(version).map(ConfigValue::toString).orElse("(not set)");
  }

  private static Optional<ConfigValue> value(@Nullable ConfigVersion version) {
    return version == null ? Optional.empty() : version.value();
  }
}
