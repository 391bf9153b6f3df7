package io.holdfast.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.spring.actuate.ActuatorAutoConfiguration;
import io.holdfast.spring.actuate.MetricsAutoConfiguration;
import io.holdfast.spring.balancing.BalancingAutoConfiguration;
import io.holdfast.spring.discovery.DiscoveryAutoConfiguration;
import io.holdfast.spring.registration.RegistrationAutoConfiguration;
import org.apache.zookeeper.ClientCnxnSocketNetty;
import org.junit.jupiter.api.Test;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.GeneratedFiles.Kind;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.boot.web.context.reactive.GenericReactiveWebApplicationContext;
import org.springframework.context.annotation.AnnotationConfigUtils;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.javapoet.ClassName;

/** The beans can be made ahead of time, as a native image wants them. */
class AheadOfTimeTest {

  @Test
  void autoConfigurations_processedAheadOfTime_giveCodeAndHints() {
    GenericReactiveWebApplicationContext context = new GenericReactiveWebApplicationContext();
    TestPropertyValues.of("holdfast.connect=memory://aot/x").applyTo(context);
    AnnotationConfigUtils.registerAnnotationConfigProcessors(context);
    for (Class<?> each :
        new Class<?>[] {
          HoldfastAutoConfiguration.class,
          RegistrationAutoConfiguration.class,
          DiscoveryAutoConfiguration.class,
          BalancingAutoConfiguration.class,
          ActuatorAutoConfiguration.class,
          MetricsAutoConfiguration.class
        }) {
      context.registerBean(each);
    }
    InMemoryGeneratedFiles files = new InMemoryGeneratedFiles();
    DefaultGenerationContext generation =
        new DefaultGenerationContext(
            new ClassNameGenerator(ClassName.get(AheadOfTimeTest.class)), files);
    new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
    generation.writeGeneratedContent();
    RuntimeHints hints = generation.getRuntimeHints();
    assertThat(files.getGeneratedFiles(Kind.SOURCE).keySet())
        .anyMatch(name -> name.contains("HoldfastAutoConfiguration"));
    assertThat(RuntimeHintsPredicates.reflection().onType(ClientCnxnSocketNetty.class))
        .accepts(hints);
    assertThat(
            RuntimeHintsPredicates.resource()
                .forResource("META-INF/services/io.holdfast.spi.BackendProvider"))
        .accepts(hints);
  }
}
