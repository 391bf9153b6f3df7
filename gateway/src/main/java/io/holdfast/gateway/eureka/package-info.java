/**
 * Eureka's REST interface, below {@code /eureka} and {@code /eureka/v2}: {@code EurekaDoor} has the
 * routes, {@code Registrations} writes, {@code Applications} is what is read, {@code Document} is
 * an instance in Eureka's form.
 */
@NullMarked
package io.holdfast.gateway.eureka;

import org.jspecify.annotations.NullMarked;
