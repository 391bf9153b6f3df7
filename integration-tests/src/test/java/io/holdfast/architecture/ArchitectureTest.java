package io.holdfast.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.GeneralCodingRules;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The house: who may depend on whom. Each rule says what it looked at, so none is vacuous. */
final class ArchitectureTest {

  private static final JavaClasses HOUSE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.holdfast");

  private static final List<String> PARTS =
      List.of(
          "io.holdfast.coordination",
          "io.holdfast.spi",
          "io.holdfast.admin",
          "io.holdfast.lock",
          "io.holdfast.fence",
          "io.holdfast.election",
          "io.holdfast.zookeeper",
          "io.holdfast.etcd",
          "io.holdfast.registry",
          "io.holdfast.config",
          "io.holdfast.loadbalancer",
          "io.holdfast.http",
          "io.holdfast.grpc",
          "io.holdfast.transaction",
          "io.holdfast.shedlock",
          "io.holdfast.curator",
          "io.holdfast.testkit",
          "io.holdfast.chaos",
          "io.holdfast.payment",
          "io.holdfast.cli",
          "io.holdfast.gateway",
          "io.holdfast.demo");

  private static final Set<String> LOCK_API =
      Set.of("coordination", "spi", "admin", "lock", "fence", "election");

  /** A coordinator opens backends, and what a backend implements speaks of what it opens. */
  private static final Set<String> CORE = Set.of("io.holdfast.coordination", "io.holdfast.spi");

  @Test
  void scan_house_foundEveryPart() {
    assertThat(HOUSE).hasSizeGreaterThan(100);
    for (String part : PARTS) {
      assertThat(HOUSE.stream().filter(each -> each.getPackageName().startsWith(part)))
          .as(part)
          .hasSizeGreaterThan(2);
    }
  }

  @Test
  void modules_dependencies_pointDownward() {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage("io.holdfast..")
        .layer("coordination")
        .definedBy("io.holdfast.coordination..", "io.holdfast.spi..")
        .layer("lock")
        .definedBy("io.holdfast.lock..")
        .layer("fence")
        .definedBy("io.holdfast.fence..")
        .layer("election")
        .definedBy("io.holdfast.election..")
        .layer("admin")
        .definedBy("io.holdfast.admin..")
        .optionalLayer("metrics")
        .definedBy("io.holdfast.metrics..")
        .layer("zookeeper")
        .definedBy("io.holdfast.zookeeper..")
        .layer("etcd")
        .definedBy("io.holdfast.etcd..")
        .layer("registry")
        .definedBy("io.holdfast.registry..")
        .layer("config")
        .definedBy("io.holdfast.config..")
        .layer("loadbalancer")
        .definedBy("io.holdfast.loadbalancer..")
        .layer("http server")
        .definedBy("io.holdfast.http.server..")
        .layer("http")
        .definedBy(
            resideInAPackage("io.holdfast.http..")
                .and(resideOutsideOfPackage("io.holdfast.http.server..")))
        .layer("grpc")
        .definedBy("io.holdfast.grpc..")
        .layer("transaction")
        .definedBy("io.holdfast.transaction..")
        .layer("shedlock")
        .definedBy("io.holdfast.shedlock..")
        .layer("curator")
        .definedBy("io.holdfast.curator..")
        .layer("reactor")
        .definedBy("io.holdfast.reactor..")
        .layer("testkit")
        .definedBy("io.holdfast.testkit..")
        .layer("chaos")
        .definedBy("io.holdfast.chaos..")
        .layer("payment files")
        .definedBy("io.holdfast.payment.files..")
        .layer("payment")
        .definedBy(
            resideInAPackage("io.holdfast.payment..")
                .and(resideOutsideOfPackage("io.holdfast.payment.files..")))
        .layer("cli")
        .definedBy("io.holdfast.cli..")
        .layer("gateway")
        .definedBy("io.holdfast.gateway..")
        .layer("demo")
        .definedBy("io.holdfast.demo..")
        .whereLayer("demo")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("cli")
        .mayOnlyBeAccessedByLayers("demo", "payment files", "gateway")
        .whereLayer("gateway")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("http server")
        .mayOnlyBeAccessedByLayers("payment", "gateway", "demo")
        .whereLayer("payment files")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("payment")
        .mayOnlyBeAccessedByLayers("demo")
        .whereLayer("chaos")
        .mayOnlyBeAccessedByLayers("demo")
        .whereLayer("shedlock")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("curator")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("reactor")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("testkit")
        .mayOnlyBeAccessedByLayers("chaos", "demo")
        .whereLayer("zookeeper")
        .mayOnlyBeAccessedByLayers("curator")
        .whereLayer("etcd")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("http")
        .mayOnlyBeAccessedByLayers("payment")
        .whereLayer("grpc")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("transaction")
        .mayOnlyBeAccessedByLayers("metrics", "payment", "cli", "demo")
        .whereLayer("loadbalancer")
        .mayOnlyBeAccessedByLayers("http", "metrics", "testkit", "chaos", "payment", "cli", "demo")
        .whereLayer("registry")
        .mayOnlyBeAccessedByLayers(
            "loadbalancer",
            "http",
            "grpc",
            "metrics",
            "testkit",
            "chaos",
            "payment",
            "cli",
            "gateway",
            "demo")
        .whereLayer("config")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("lock")
        .mayOnlyBeAccessedByLayers(
            "config",
            "fence",
            "election",
            "admin",
            "shedlock",
            "curator",
            "reactor",
            "testkit",
            "chaos",
            "payment",
            "cli",
            "gateway",
            "demo",
            "transaction")
        .whereLayer("fence")
        .mayOnlyBeAccessedByLayers("payment", "cli", "transaction")
        .whereLayer("election")
        .mayOnlyBeAccessedByLayers("testkit", "chaos", "payment", "cli", "transaction")
        .whereLayer("metrics")
        .mayOnlyBeAccessedByLayers("payment")
        .check(HOUSE);
  }

  @Test
  void libraries_stayInTheirModule() {
    onlyIn("org.apache.curator..", "io.holdfast.zookeeper..", "io.holdfast.curator..").check(HOUSE);
    onlyIn(
            "org.apache.zookeeper..",
            "io.holdfast.zookeeper..",
            "io.holdfast.testkit.zookeeper..",
            "io.holdfast.chaos.fault..")
        .check(HOUSE);
    onlyIn("io.etcd..", "io.holdfast.etcd..").check(HOUSE);
    onlyIn(
            "java.sql..",
            "io.holdfast.fence..",
            "io.holdfast.transaction.jdbc..",
            "io.holdfast.testkit.postgres..",
            "io.holdfast.payment..",
            "io.holdfast.cli..",
            "io.holdfast.demo..")
        .check(HOUSE);
    onlyIn("io.grpc..", "io.holdfast.etcd..", "io.holdfast.grpc..", "io.holdfast.gateway.xds..")
        .check(HOUSE);
    onlyIn("io.envoyproxy..", "io.holdfast.gateway.xds..").check(HOUSE);
    onlyIn(
            "picocli..",
            "io.holdfast.cli..",
            "io.holdfast.demo..",
            "io.holdfast.payment",
            "io.holdfast.payment.testing..",
            "io.holdfast.payment.files..",
            "io.holdfast.gateway..")
        .check(HOUSE);
  }

  private static ArchRule onlyIn(String library, String... homes) {
    return noClasses()
        .that()
        .resideOutsideOfPackages(homes)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library);
  }

  /** What others wrote into the store is not to reach a terminal but by way of Output. */
  @Test
  void commands_printing_goesThroughOutput() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "io.holdfast.cli..",
            "io.holdfast.demo..",
            "io.holdfast.gateway..",
            "io.holdfast.payment.files..")
        .and()
        .doNotHaveFullyQualifiedName("io.holdfast.cli.Holdfast")
        .and()
        .doNotHaveFullyQualifiedName("io.holdfast.cli.console.Output")
        .should()
        .callMethod("picocli.CommandLine", "getOut")
        .orShould()
        .callMethod("picocli.CommandLine", "getErr")
        .orShould(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
        .check(HOUSE);
  }

  /**
   * A duration from outside may be longer than a count can hold: only Durations turns it into one.
   */
  @Test
  void durations_areCountedInOnePlace() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.holdfast.testkit..",
            "io.holdfast.chaos..",
            "io.holdfast.payment..",
            "io.holdfast.cli..",
            "io.holdfast.demo..")
        .and()
        .doNotHaveFullyQualifiedName("io.holdfast.spi.Durations")
        .should()
        .callMethod(Duration.class, "toNanos")
        .orShould()
        .callMethod(Duration.class, "toMillis")
        .check(HOUSE);
  }

  @Test
  void internal_packages_arePrivateToTheirModule() {
    classes()
        .that()
        .resideInAPackage("io.holdfast..internal..")
        .should(beUsedFromTheSameModuleOnly())
        .allowEmptyShould(true)
        .check(HOUSE);
  }

  private static ArchCondition<JavaClass> beUsedFromTheSameModuleOnly() {
    return new ArchCondition<>("be used from the same module only") {
      @Override
      public void check(JavaClass internal, ConditionEvents events) {
        internal.getDirectDependenciesToSelf().stream()
            .filter(use -> !module(use.getOriginClass()).equals(module(internal)))
            .forEach(use -> events.add(SimpleConditionEvent.violated(use, use.getDescription())));
      }
    };
  }

  /** What is shipped together: {@code transaction-jdbc} is made of the parts of transaction. */
  private static String module(JavaClass type) {
    String part = type.getPackageName().split("\\.", 4)[2];
    return LOCK_API.contains(part) ? "lock-api" : part;
  }

  /** What is internal counts as part of the package that it is inside of. */
  @Test
  void packages_haveNoCycles() {
    slices()
        .assignedFrom(
            slicesBy(
                name -> {
                  String outer = name.replaceFirst("\\.internal\\b.*", "");
                  return CORE.contains(outer) ? "the core" : outer;
                }))
        .should()
        .beFreeOfCycles()
        .check(HOUSE);
  }

  /** Only the rooms themselves count: what is around them uses them, and they use it. */
  @Test
  void internal_packages_haveNoCyclesAmongThem() {
    slices()
        .assignedFrom(slicesBy(name -> name.contains(".internal.") ? name : ""))
        .should()
        .beFreeOfCycles()
        .check(HOUSE);
  }

  /** Empty for a package that does not count. */
  private static SliceAssignment slicesBy(UnaryOperator<String> slice) {
    return new SliceAssignment() {
      @Override
      public SliceIdentifier getIdentifierOf(JavaClass type) {
        String name = type.getPackageName();
        String of = name.startsWith("io.holdfast.") ? slice.apply(name) : "";
        return of.isEmpty() ? SliceIdentifier.ignore() : SliceIdentifier.of(of);
      }

      @Override
      public String getDescription() {
        return "packages";
      }
    };
  }

  @Test
  void packages_areNullMarked() {
    classes()
        .that(
            new DescribedPredicate<>("are of Holdfast") {
              @Override
              public boolean test(JavaClass type) {
                return type.isTopLevelClass() && !type.getSimpleName().equals("package-info");
              }
            })
        .should(
            new ArchCondition<>("live in a null-marked package") {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
                  events.add(
                      SimpleConditionEvent.violated(
                          type, type.getName() + ": its package is not @NullMarked"));
                }
              }
            })
        .check(HOUSE);
  }

  @Test
  void publicClasses_areFinalOrMadeToBeExtended() {
    classes()
        .that()
        .arePublic()
        .and()
        .areNotInterfaces()
        .and()
        .areNotEnums()
        .and()
        .areNotRecords()
        .and()
        .areTopLevelClasses()
        .should(
            new ArchCondition<>("be final, sealed or abstract") {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                boolean settled =
                    type.getModifiers()
                            .contains(com.tngtech.archunit.core.domain.JavaModifier.FINAL)
                        || type.getModifiers()
                            .contains(com.tngtech.archunit.core.domain.JavaModifier.ABSTRACT)
                        || type.reflect().isSealed();
                if (!settled) {
                  events.add(SimpleConditionEvent.violated(type, type.getName() + " is open"));
                }
              }
            })
        .check(HOUSE);
  }
}
