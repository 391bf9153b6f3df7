package io.holdfast.loadbalancer;

/**
 * Totals of a balancer, and of those made from it by {@link LoadBalancer#where}, since it was made.
 * Requests that end after their instance has left the service are not counted.
 *
 * @param successes picks that ended well
 * @param failures picks that failed
 * @param abandoned picks whose end says nothing about the instance
 * @param none how often there was no instance to choose
 * @param active picks that have not ended, on present instances
 * @param ejections how often outlier detection has ejected an instance
 * @param ejected how many are ejected now
 */
public record BalancerStatistics(
    long successes,
    long failures,
    long abandoned,
    long none,
    long active,
    long ejections,
    int ejected) {}
