use LWP::UserAgent;

my %fields;
for my $pair (split /&/, '@QUERY@') {
    my ($name, $value) = $pair =~ /^\s*(.*?)=(.*)$/s;
    $fields{$name} = $value;
}
my $agent = LWP::UserAgent->new;
my $answer = $agent->post('@ADDRESS@', Content_Type => 'form-data', Content => [%fields]);
print $answer->content;
