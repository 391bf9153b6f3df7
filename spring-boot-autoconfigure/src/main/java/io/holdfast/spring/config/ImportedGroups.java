package io.holdfast.spring.config;

import io.holdfast.config.ConfigOptions;
import io.holdfast.config.ConfigSnapshot;
import io.holdfast.config.ConfigStore;
import io.holdfast.config.ConfigView;
import io.holdfast.config.KeyRing;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.security.Credentials;
import io.holdfast.spi.Durations;
import io.holdfast.spring.boot.ConnectionOptions;
import io.holdfast.spring.boot.HoldfastProperties;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;

/**
 * The connection of the import, its views, and the property sources made of them. Made before there
 * is an application context, and closed with it.
 */
final class ImportedGroups implements AutoCloseable {

  private final Coordinator coordinator;
  private final ConfigStore store;
  private final Duration timeout;
  private final boolean refresh;

  /** Used by the thread that starts the application only. */
  private final Map<String, ConfigView> views = new LinkedHashMap<>();

  /** Once the cluster has not answered in time, no other group waits for it; likewise. */
  private boolean away;

  private final List<GroupPropertySource> sources = new CopyOnWriteArrayList<>();

  private ImportedGroups(
      Coordinator coordinator, ConfigStore store, Duration timeout, boolean refresh) {
    this.coordinator = coordinator;
    this.store = store;
    this.timeout = timeout;
    this.refresh = refresh;
  }

  static ImportedGroups connect(Binder binder) {
    HoldfastProperties holdfast = binder.bindOrCreate("holdfast", HoldfastProperties.class);
    ImportProperties chosen = binder.bindOrCreate("holdfast.config", ImportProperties.class);
    String uri = holdfast.connect();
    if (uri == null) {
      throw new IllegalArgumentException(
          "spring.config.import=holdfast: needs holdfast.connect, such as"
              + " zookeeper://host1:2181,host2:2181/payments");
    }
    String application = binder.bind("spring.application.name", String.class).orElse(null);
    CoordinatorOptions options = withTls(ConnectionOptions.of(holdfast, application), chosen.tls());
    Duration timeout = chosen.timeout() == null ? options.connectTimeout() : chosen.timeout();
    ConfigOptions config = ConfigOptions.defaults(options).withPatience(timeout);
    if (chosen.keys() != null) {
      config = config.withKeys(KeyRing.fromFile(chosen.keys()));
    }
    if (chosen.cache() != null) {
      config = config.withCache(chosen.cache());
    }
    Coordinator coordinator = Coordinator.connectInBackground(uri, options);
    return new ImportedGroups(
        coordinator, new ConfigStore(coordinator, config), timeout, chosen.refresh());
  }

  private static CoordinatorOptions withTls(CoordinatorOptions options, ImportProperties.Tls tls) {
    Credentials credentials = options.credentials();
    if (tls.authorities() != null) {
      credentials = credentials.withAuthorities(tls.authorities());
    }
    if (tls.certificate() != null && tls.key() != null) {
      credentials = credentials.withCertificate(tls.certificate(), tls.key());
    }
    return options.withCredentials(credentials);
  }

  ConfigView view(String group) {
    return views.computeIfAbsent(group, store::view);
  }

  /**
   * What there is to start with.
   *
   * @throws IllegalStateException if the cluster has not answered in time
   */
  ConfigSnapshot await(ConfigView view) {
    try {
      Optional<ConfigSnapshot> known =
          view.await(ConfigSnapshot::isKnown, away ? Duration.ZERO : timeout);
      away |= known.isEmpty();
      return known.orElseThrow(
          () ->
              new IllegalStateException(
                  "the cluster has not answered within "
                      + Durations.text(timeout)
                      + why(coordinator.whyNoSession().orElse(null))));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the cluster", e);
    }
  }

  private static String why(@Nullable RuntimeException failure) {
    return failure == null ? "" : ": " + failure.getMessage();
  }

  GroupPropertySource add(GroupPropertySource source) {
    sources.add(source);
    return source;
  }

  List<GroupPropertySource> sources() {
    return sources;
  }

  boolean refresh() {
    return refresh;
  }

  @Override
  public void close() {
    views.values().forEach(ConfigView::close);
    coordinator.close();
  }
}
