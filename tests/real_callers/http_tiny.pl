use HTTP::Tiny;

my $url = '@URL@';
# Newer versions of the module refuse white space.
$url =~ s/(\s)/sprintf '%%%02X', ord $1/ge;
print HTTP::Tiny->new->get($url)->{content};
