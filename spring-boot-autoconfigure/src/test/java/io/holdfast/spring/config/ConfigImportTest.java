package io.holdfast.spring.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.config.ConfigEdit;
import io.holdfast.config.ConfigKey;
import io.holdfast.config.ConfigOptions;
import io.holdfast.config.ConfigStore;
import io.holdfast.config.KeyRing;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.spring.boot.HoldfastAutoConfiguration;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.autoconfigure.ConfigurationPropertiesRebinderAutoConfiguration;
import org.springframework.cloud.autoconfigure.RefreshAutoConfiguration;
import org.springframework.cloud.context.config.annotation.RefreshScope;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;

/** {@code spring.config.import=holdfast:} in a real application, over a real ZooKeeper. */
@ExtendWith(OutputCaptureExtension.class)
class ConfigImportTest {

  private static final String SECRET = "correct horse battery staple";

  private static EmbeddedZooKeeper zookeeper;

  @BeforeAll
  static void start() {
    zookeeper = EmbeddedZooKeeper.start();
  }

  @AfterAll
  static void stop() {
    zookeeper.close();
  }

  /** A bean that is bound anew. */
  @ConfigurationProperties("orders")
  static class OrderProperties {
    private Duration timeout = Duration.ZERO;

    public Duration getTimeout() {
      return timeout;
    }

    public void setTimeout(Duration timeout) {
      this.timeout = timeout;
    }
  }

  /** A bean that is made anew. */
  static class Greeting {
    private final String text;

    Greeting() {
      this("");
    }

    Greeting(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  static class Seen {
    final List<Set<String>> changes = new CopyOnWriteArrayList<>();

    @EventListener
    void changed(SettingsChanged event) {
      changes.add(event.names());
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableConfigurationProperties(OrderProperties.class)
  @ImportAutoConfiguration({
    RefreshAutoConfiguration.class,
    ConfigurationPropertiesRebinderAutoConfiguration.class,
    ConfigAutoConfiguration.class
  })
  static class Application {
    @Bean
    Seen seen() {
      return new Seen();
    }

    @Bean
    @RefreshScope
    Greeting greeting(Environment environment) {
      return new Greeting(environment.getProperty("greeting", "none"));
    }
  }

  private static void set(ConfigStore store, ConfigEdit edit) throws Exception {
    store.edit(edit).get(30, TimeUnit.SECONDS);
  }

  private static ConfigEdit plain(String key, String text) {
    return ConfigEdit.set(ConfigKey.parse(key), text);
  }

  private static ConfigurableApplicationContext run(String... arguments) {
    List<String> all = new ArrayList<>(List.of("--spring.main.banner-mode=off"));
    all.addAll(List.of(arguments));
    return new SpringApplicationBuilder(Application.class)
        .web(WebApplicationType.NONE)
        .run(all.toArray(String[]::new));
  }

  @Test
  void import_ofAGroup_bindsProfilesSecretsAndRefreshes(@TempDir Path folder) throws Exception {
    String uri = zookeeper.uri("import");
    Path keys = keyFile(folder);
    try (Coordinator coordinator = Coordinator.connect(uri)) {
      ConfigOptions options = ConfigOptions.defaults(CoordinatorOptions.defaults());
      ConfigStore store = new ConfigStore(coordinator, options.withKeys(KeyRing.fromFile(keys)));
      set(store, plain("orders/orders.timeout", "5s"));
      set(store, plain("orders/greeting", "hello"));
      set(store, plain("orders.prod/greeting", "hello from ${spring.application.name}"));
      set(store, ConfigEdit.setSecret(ConfigKey.parse("orders/db.password"), SECRET));

      try (ConfigurableApplicationContext context =
          run(
              "--spring.config.import=holdfast:orders",
              "--spring.profiles.active=prod",
              "--spring.application.name=shop",
              "--holdfast.connect=" + uri,
              "--holdfast.config.keys=" + keys)) {
        Environment environment = context.getEnvironment();
        assertThat(environment.getProperty("greeting")).isEqualTo("hello from shop");
        assertThat(environment.getProperty("db.password")).isEqualTo(SECRET);
        OrderProperties bound = context.getBean(OrderProperties.class);
        assertThat(bound.getTimeout()).hasSeconds(5);
        assertThat(context.getBean("greeting")).hasToString("hello from shop");

        set(store, plain("orders/orders.timeout", "6s"));
        set(store, plain("orders.prod/greeting", "good day"));
        set(store, plain("orders/new", "1"));

        await()
            .atMost(Duration.ofSeconds(30))
            .untilAsserted(
                () -> {
                  assertThat(bound.getTimeout()).hasSeconds(6);
                  assertThat(environment.getProperty("new")).isEqualTo("1");
                  assertThat(context.getBean("greeting")).hasToString("good day");
                });
        assertThat(context.getBean(Seen.class).changes)
            .contains(Set.of("greeting"))
            .anySatisfy(names -> assertThat(names).contains("orders.timeout"))
            .allSatisfy(names -> assertThat(names).doesNotContain("db.password"));
        set(store, ConfigEdit.delete(ConfigKey.parse("orders.prod/greeting")));
        await()
            .atMost(Duration.ofSeconds(30))
            .untilAsserted(
                () -> assertThat(environment.getProperty("greeting")).isEqualTo("hello"));
      }
    }
  }

  private static Path keyFile(Path folder) throws IOException {
    Path keys = folder.resolve("keys");
    Files.writeString(keys, KeyRing.newLine("k1"));
    return Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void import_whileTheClusterIsAway_startsFromTheCacheOrFails(
      @TempDir Path folder, CapturedOutput output) throws Exception {
    String uri = zookeeper.uri("away");
    String cache = "--holdfast.config.cache=" + folder;
    try (Coordinator coordinator = Coordinator.connect(uri)) {
      set(new ConfigStore(coordinator), plain("shop/greeting", "hello"));
    }
    run(
            "--spring.config.import=holdfast:",
            "--spring.application.name=shop",
            "--holdfast.connect=" + uri,
            cache)
        .close();
    String away = "--holdfast.connect=zookeeper://127.0.0.1:1/away";
    String soon = "--holdfast.config.timeout=300ms";

    try (ConfigurableApplicationContext context =
        run("--spring.config.import=holdfast:shop", away, cache)) {
      assertThat(context.getEnvironment().getProperty("greeting")).isEqualTo("hello");
    }
    assertThatThrownBy(() -> run("--spring.config.import=holdfast:shop", away, soon))
        .hasMessageContaining("holdfast:shop")
        .hasStackTraceContaining("the cluster has not answered within 300 ms");
    assertThat(output)
        .contains("The settings of holdfast:shop are not known: the cluster has not answered")
        .doesNotContain("does not exist");
    try (ConfigurableApplicationContext context =
        run("--spring.config.import=optional:holdfast:shop", away, soon)) {
      assertThat(context.getEnvironment().getProperty("greeting")).isNull();
    }
    assertThatThrownBy(() -> run("--spring.config.import=holdfast:shop"))
        .hasStackTraceContaining("needs holdfast.connect");
  }

  /** An earlier run had no such profile, so its group may hold anything. */
  @Test
  void import_whileTheClusterIsAway_profileIsNotInTheCache_saysSoOrStartsWithoutIt(
      @TempDir Path folder, CapturedOutput output) throws Exception {
    String uri = zookeeper.uri("profile");
    String cache = "--holdfast.config.cache=" + folder;
    try (Coordinator coordinator = Coordinator.connect(uri)) {
      set(new ConfigStore(coordinator), plain("shop/greeting", "hello"));
      set(new ConfigStore(coordinator), plain("shop.prod/greeting", "hello from prod"));
    }
    run("--spring.config.import=holdfast:shop", "--holdfast.connect=" + uri, cache).close();
    String away = "--holdfast.connect=zookeeper://127.0.0.1:1/profile";
    String soon = "--holdfast.config.timeout=300ms";
    String profile = "--spring.profiles.active=prod";

    assertThatThrownBy(
            () -> run("--spring.config.import=holdfast:shop", profile, away, cache, soon))
        .hasMessageContaining("holdfast:shop.prod");
    assertThat(output)
        .contains("holdfast:shop.prod (for the profile prod) are not known")
        .contains("an earlier run with the same profiles")
        .contains("'optional:'");

    try (ConfigurableApplicationContext context =
        run("--spring.config.import=optional:holdfast:shop", profile, away, cache, soon)) {
      assertThat(context.getEnvironment().getProperty("greeting")).isEqualTo("hello");
    }
  }

  @Test
  void import_besideTheBeansOfHoldfast_bindsThemToo() {
    String uri = zookeeper.uri("beside");
    try (ConfigurableApplicationContext context =
        new SpringApplicationBuilder(Application.class, HoldfastAutoConfiguration.class)
            .web(WebApplicationType.NONE)
            .run(
                "--spring.config.import=holdfast:none",
                "--holdfast.config.refresh=false",
                "--holdfast.connect=" + uri)) {
      assertThat(context.getBean(Coordinator.class).isClosed()).isFalse();
      assertThat(context.getBean(ImportProperties.class).refresh()).isFalse();
    }
  }
}
