/**
 * Three services: orders, accounts and a gateway before them. Each package is one application of
 * Spring Boot; {@link samples.spring.Sample} starts them all, {@link
 * samples.spring.rolling.RollingRestart} restarts the accounts under load.
 */
@NullMarked
package samples.spring;

import org.jspecify.annotations.NullMarked;
