package io.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.admin.AuditTrail;
import io.holdfast.admin.LockQueues;
import io.holdfast.admin.QueueMember;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Transaction;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Session;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What configuration promises, on any store: one process edits, another looks on. */
abstract class ConfigContract {

  static final Duration PATIENCE = Duration.ofSeconds(30);
  static final ConfigKey TIMEOUT = new ConfigKey("orders", "http.timeout");
  static final ConfigKey PASSWORD = new ConfigKey("orders", "db.password");
  private static final String SECRET = "correct horse battery staple";

  private final List<AutoCloseable> open = new ArrayList<>();
  private final String namespace = "config/" + UUID.randomUUID();
  private Coordinator first;
  private Coordinator second;
  private ConfigStore editing;
  private ConfigStore looking;

  private Path folder;

  abstract String uri(String namespace);

  /** A client of a cluster that cannot be reached. */
  abstract Coordinator unreachable(CoordinatorOptions options);

  @BeforeEach
  final void connect(@TempDir Path temporary) {
    folder = temporary;
    first = Coordinator.connect(uri(namespace), options("first"));
    second = Coordinator.connect(uri(namespace), options("second"));
    open.add(first);
    open.add(second);
    editing = new ConfigStore(first, config());
    looking = new ConfigStore(second, config());
  }

  @AfterEach
  final void disconnect() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private static CoordinatorOptions options(String name) {
    return CoordinatorOptions.defaults()
        .withSessionTimeout(Duration.ofSeconds(6))
        .withOwner(Owner.thisProcess(name));
  }

  private static ConfigOptions config() {
    return ConfigOptions.defaults(options("any")).withPatience(PATIENCE).withHistory(4);
  }

  private <T extends AutoCloseable> T closed(T later) {
    open.add(later);
    return later;
  }

  private ConfigView view(ConfigStore store) throws InterruptedException {
    ConfigView view = closed(store.view("orders"));
    until(view, now -> now.freshness() == ConfigFreshness.LIVE);
    return view;
  }

  static ConfigSnapshot until(ConfigView view, Predicate<ConfigSnapshot> condition)
      throws InterruptedException {
    return view.await(condition, PATIENCE)
        .orElseThrow(() -> new AssertionError("still " + view.snapshot()));
  }

  static Predicate<ConfigSnapshot> has(ConfigKey key, String text) {
    return now -> now.text(key.name()).filter(text::equals).isPresent();
  }

  static <T> T get(CompletableFuture<T> future) {
    try {
      return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException known) {
        throw known;
      }
      throw new AssertionError(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  private KeyRing keys(String... lines) throws IOException {
    Path file = folder.resolve("keys");
    Files.writeString(file, String.join("\n", lines));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return KeyRing.fromFile(file);
  }

  // Versions.

  @Test
  void edit_setChangeDelete_countsVersionsAndKeepsTheLatest() {
    for (int i = 1; i <= 6; i++) {
      ConfigVersion made = get(editing.edit(ConfigEdit.set(TIMEOUT, i + "s").because("try " + i)));
      assertThat(made.version()).isEqualTo(i);
    }
    ConfigEdit delete = ConfigEdit.delete(TIMEOUT).because("unused").byOperator("ada");
    assertThat(get(editing.edit(delete)).isDeleted()).isTrue();
    assertThat(get(new AuditTrail(second).list()))
        .singleElement()
        .satisfies(
            noted -> {
              assertThat(noted.entry().action()).isEqualTo("config.edit");
              assertThat(noted.entry().subject()).contains("orders/http.timeout", "7", "ada");
              assertThat(noted.entry().reason()).isEqualTo("unused");
            });

    List<ConfigVersion> history = get(looking.history(TIMEOUT));

    assertThat(history).extracting(ConfigVersion::version).containsExactly(4L, 5L, 6L, 7L);
    assertThat(history.get(2).value()).map(ConfigValue::text).contains("6s");
    assertThat(history.get(2).by().name()).isEqualTo("first");
    assertThat(history.get(2).reason()).isEqualTo("try 6");
    assertThat(get(looking.read("orders")).settings()).isEmpty();
    assertThatThrownBy(() -> get(editing.edit(ConfigEdit.delete(TIMEOUT))))
        .isInstanceOf(GuardFailedException.class);
    assertThat(get(editing.edit(ConfigEdit.set(TIMEOUT, "9s"))).version()).isEqualTo(8);
    assertThat(get(looking.groups())).containsExactly("orders");
  }

  @Test
  void rollback_toAVersionOfTheHistory_makesANewVersion() {
    get(editing.edit(ConfigEdit.set(TIMEOUT, "1s")));
    get(editing.edit(ConfigEdit.set(TIMEOUT, "2s")));

    ConfigVersion back = get(editing.edit(ConfigEdit.rollback(TIMEOUT, 1)));

    assertThat(back.version()).isEqualTo(3);
    assertThat(get(looking.get(TIMEOUT)).orElseThrow().value())
        .map(ConfigValue::text)
        .contains("1s");
    assertThatThrownBy(() -> get(editing.edit(ConfigEdit.rollback(TIMEOUT, 9))))
        .isInstanceOf(GuardFailedException.class)
        .hasMessageContaining("not in the history");
  }

  @Test
  void edit_ofAnotherVersion_isRefused() {
    get(editing.edit(ConfigEdit.set(TIMEOUT, "1s").ifVersion(0)));

    assertThatThrownBy(() -> get(looking.edit(ConfigEdit.set(TIMEOUT, "2s").ifVersion(0))))
        .isInstanceOf(GuardFailedException.class)
        .hasMessageContaining("at version 1, not 0");
    assertThat(get(looking.edit(ConfigEdit.set(TIMEOUT, "2s").ifVersion(1))).version())
        .isEqualTo(2);
  }

  @Test
  void edits_atTheSameTime_areEachMadeOnce() {
    List<CompletableFuture<ConfigVersion>> edits =
        IntStream.range(0, 12)
            .mapToObj(i -> (i % 2 == 0 ? editing : looking).edit(ConfigEdit.set(TIMEOUT, i + "s")))
            .toList();

    assertThat(edits.stream().map(edit -> get(edit).version()))
        .containsExactlyInAnyOrderElementsOf(
            IntStream.rangeClosed(1, 12).mapToObj(i -> (long) i).toList());
  }

  // Under a lock.

  @Test
  void edit_ofAHolderThatWasSucceeded_isRefused() throws InterruptedException {
    LockGrant grant = new Locks(first).lock("settings").exclusive().acquire();
    ConfigVersion made = get(editing.edit(ConfigEdit.set(TIMEOUT, "1s").under(grant)));
    assertThat(made.token()).contains(grant.token().toString());

    LockQueues queues = new LockQueues(second);
    QueueMember holder = get(queues.queue("settings")).get(0);
    get(queues.forceRelease(holder, "a test"));

    assertThatThrownBy(() -> get(editing.edit(ConfigEdit.set(TIMEOUT, "2s").under(grant))))
        .isInstanceOf(GuardFailedException.class)
        .hasMessageContaining("no longer held");
    assertThat(get(looking.get(TIMEOUT)).orElseThrow().version()).isEqualTo(1);
  }

  // Views.

  @Test
  void view_ofAGroup_showsEachChangeWithBeforeAndAfter() throws InterruptedException {
    ConfigView view = view(looking);
    List<ConfigChange> changes = new CopyOnWriteArrayList<>();
    view.onChange(changes::add);

    get(editing.edit(ConfigEdit.set(TIMEOUT, "1s")));
    until(view, has(TIMEOUT, "1s"));
    get(editing.edit(ConfigEdit.set(TIMEOUT, "2s")));
    ConfigSnapshot shown = until(view, has(TIMEOUT, "2s"));
    get(editing.edit(ConfigEdit.delete(TIMEOUT)));
    until(view, now -> now.settings().isEmpty());

    assertThat(shown.duration("http.timeout")).contains(Duration.ofSeconds(2));
    assertThat(shown.revision()).isEqualTo(shown.find("http.timeout").orElseThrow().revision());
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                changes.size() > 0
                    && changes.get(changes.size() - 1).after().equals(view.snapshot()));
    ConfigChange last = changes.get(changes.size() - 1);
    assertThat(last.changed()).containsExactly("http.timeout");
    assertThat(last.after().text("http.timeout")).isEmpty();
    for (int i = 1; i < changes.size(); i++) {
      assertThat(changes.get(i).before()).isEqualTo(changes.get(i - 1).after());
    }
  }

  @Test
  void view_afterItsSessionEnded_goesOnAndIsNeverEmpty() throws InterruptedException {
    get(editing.edit(ConfigEdit.set(TIMEOUT, "1s")));
    ConfigView view = view(looking);
    List<ConfigSnapshot> seen = new CopyOnWriteArrayList<>();
    view.onChange(change -> seen.add(change.after()));
    Session lost = second.current().orElseThrow();

    get(
        first
            .commit(Transaction.EMPTY.delete(Key.of("sessions", lost.id())))
            .toCompletableFuture());
    get(editing.edit(ConfigEdit.set(TIMEOUT, "2s")));

    until(view, now -> has(TIMEOUT, "2s").test(now) && now.freshness() == ConfigFreshness.LIVE);
    assertThat(seen).allSatisfy(now -> assertThat(now.settings()).hasSize(1));
  }

  @Test
  void view_ofASettingThatVanishes_keepsIt() throws InterruptedException {
    get(editing.edit(ConfigEdit.set(TIMEOUT, "1s")));
    ConfigView view = view(looking);

    get(first.commit(Transaction.EMPTY.delete(TIMEOUT.current())));

    ConfigSnapshot now = until(view, there -> !there.held().isEmpty());
    assertThat(now.held()).containsExactly("http.timeout");
    assertThat(now.text("http.timeout")).contains("1s");
    assertThat(get(editing.edit(ConfigEdit.set(TIMEOUT, "2s"))).version()).isEqualTo(2);
    assertThat(until(view, has(TIMEOUT, "2s")).held()).isEmpty();
  }

  @Test
  void typed_settingsThatMakeNoSense_areNotApplied() throws InterruptedException {
    get(editing.edit(ConfigEdit.set(TIMEOUT, "1s")));
    ConfigView view = view(looking);
    TypedConfig<Duration> timeout = view.typed(now -> now.require("http.timeout", now::duration));
    List<String> told = new CopyOnWriteArrayList<>();
    timeout.onChange((before, after) -> told.add(before + " to " + after));

    get(editing.edit(ConfigEdit.set(TIMEOUT, "soon")));
    await().atMost(PATIENCE).until(() -> timeout.problem().isPresent());
    assertThat(timeout.value()).isEqualTo(Duration.ofSeconds(1));
    assertThat(timeout.problem().orElseThrow())
        .hasMessageContaining("orders/http.timeout (version 2)")
        .hasMessageNotContaining("soon");

    get(editing.edit(ConfigEdit.set(TIMEOUT, "3s")));
    await().atMost(PATIENCE).until(() -> told.contains("PT1S to PT3S"));
    assertThat(timeout.problem()).isEmpty();
  }

  // The disk.

  @Test
  void view_withoutACluster_startsFromItsFile() throws Exception {
    ConfigOptions cached = config().withCache(folder.resolve("cache"));
    get(editing.edit(ConfigEdit.set(TIMEOUT, "1s").because("for the disk")));
    try (ConfigView view = new ConfigStore(second, cached).view("orders")) {
      until(view, has(TIMEOUT, "1s"));
    }
    Path file = folder.resolve("cache/orders.config");
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));

    ConfigStore away = new ConfigStore(closed(unreachable(options("away"))), cached);
    try (ConfigView view = away.view("orders")) {
      assertThat(view.snapshot().freshness()).isEqualTo(ConfigFreshness.DISK);
      assertThat(view.snapshot().text("http.timeout")).contains("1s");
      assertThat(view.snapshot().find("http.timeout").orElseThrow().reason())
          .isEqualTo("for the disk");
      assertThat(view.snapshot().isKnown()).isTrue();
    }

    byte[] altered = Files.readAllBytes(file);
    altered[altered.length - 1] ^= 1;
    Files.write(file, altered);
    try (ConfigView view = away.view("orders")) {
      assertThat(view.snapshot().isKnown()).isFalse();
    }
  }

  // Secrets.

  @Test
  void secret_withAKey_isNowhereInClear() throws Exception {
    KeyRing keys = keys(KeyRing.newLine("k1"));
    ConfigOptions withKeys = config().withKeys(keys).withCache(folder.resolve("cache"));
    ConfigStore knowing = new ConfigStore(first, withKeys);
    ConfigVersion made = get(knowing.edit(ConfigEdit.setSecret(PASSWORD, SECRET)));

    try (ConfigView view = new ConfigStore(second, withKeys).view("orders")) {
      ConfigSnapshot now = until(view, has(PASSWORD, SECRET));
      assertThat(now.toString() + made + now.printable()).doesNotContain(SECRET);
      assertThat(now.printable().get("db.password")).contains("secret under key k1");
    }
    assertThat(Files.readString(folder.resolve("cache/orders.config"), StandardCharsets.ISO_8859_1))
        .contains("db.password")
        .doesNotContain(SECRET);
    for (Key directory : List.of(ConfigKey.current("orders"), PASSWORD.history())) {
      get(first.session().thenCompose(s -> s.list(directory, Consistency.LINEARIZABLE)))
          .entries()
          .forEach(entry -> assertThat(entry.payload().text()).doesNotContain(SECRET));
    }

    // Without the key, copied to another setting, or replaced in clear: refused.
    ConfigValue blind = get(looking.get(PASSWORD)).orElseThrow().value().orElseThrow();
    assertThatThrownBy(blind::text)
        .isInstanceOf(SecretUnreadableException.class)
        .hasMessageContaining("'k1'");
    ConfigKey other = new ConfigKey("orders", "other.password");
    assertThatThrownBy(() -> ConfigValue.secret(other, blind.stored(), keys).text())
        .isInstanceOf(SecretUnreadableException.class)
        .hasMessageContaining("moved");
    assertThatThrownBy(() -> ConfigEdit.set(PASSWORD, SECRET))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining(SECRET);
    assertThatThrownBy(() -> get(looking.edit(ConfigEdit.setSecret(PASSWORD, "x"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("needs a key");
  }

  @Test
  void secret_replacedByAText_isRefused() throws IOException {
    ConfigKey plain = new ConfigKey("orders", "greeting");
    get(editing.edit(ConfigEdit.set(plain, "hello")));
    ConfigStore knowing = new ConfigStore(first, config().withKeys(keys(KeyRing.newLine("k1"))));
    get(knowing.edit(ConfigEdit.setSecret(plain, SECRET)));

    assertThatThrownBy(() -> get(knowing.edit(ConfigEdit.set(plain, "hello"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("delete it first");
    assertThatThrownBy(() -> get(knowing.edit(ConfigEdit.rollback(plain, 1))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void rekey_withANewFirstKey_encryptsAnew() throws IOException {
    String old = KeyRing.newLine("k1");
    ConfigStore store = new ConfigStore(first, config().withKeys(keys(old)));
    get(store.edit(ConfigEdit.setSecret(PASSWORD, SECRET)));
    get(store.edit(ConfigEdit.set(TIMEOUT, "1s")));
    String fresh = KeyRing.newLine("k2");
    keys(fresh, old);

    assertThat(get(store.rekey("orders", "rotation"))).isEqualTo(1);
    assertThat(get(store.rekey("orders", "rotation"))).isZero();

    ConfigStore later = new ConfigStore(second, config().withKeys(keys(fresh)));
    ConfigVersion now = get(later.get(PASSWORD)).orElseThrow();
    assertThat(now.version()).isEqualTo(2);
    assertThat(now.value().orElseThrow().encryptedBy()).contains("k2");
    assertThat(now.value().orElseThrow().text()).isEqualTo(SECRET);
  }

  // Limits.

  @Test
  void edit_beyondTheSizeOfAGroup_isRefused() {
    String large = "x".repeat(ConfigEdit.LARGEST_VALUE);
    for (int i = 0; i < 15; i++) {
      get(editing.edit(ConfigEdit.set(new ConfigKey("orders", "large" + i), large)));
    }

    assertThatThrownBy(
            () -> get(editing.edit(ConfigEdit.set(new ConfigKey("orders", "large15"), large))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1048576");
    assertThat(get(looking.read("orders")).settings()).hasSize(15);
    assertThatThrownBy(() -> ConfigEdit.set(TIMEOUT, large + "x"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
